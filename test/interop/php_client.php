<?php
/**
 * The nine operations with PHP ext/soap, from the served WSDL.
 *
 * Reads one JSON object on standard input (see test/support/interop.ts), writes one on standard output.
 * Run it with -d soap.wsdl_cache_enabled=0: the cache would keep a WSDL for a day.
 */
declare(strict_types=1);

$job = json_decode(stream_get_contents(STDIN), true, 64, JSON_THROW_ON_ERROR);

function clientOf(array $job, array $caller): SoapClient
{
    return new SoapClient($job['wsdl'], [
        'login' => $caller['organId'],
        'password' => $caller['token'],
        'soap_version' => $job['version'] === '1.2' ? SOAP_1_2 : SOAP_1_1,
        'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
        'cache_wsdl' => WSDL_CACHE_NONE,
        'exceptions' => true,
    ]);
}

/** JSON has no bytes: the content of attachments comes as base64 text. */
function typed(mixed $value, string $key = ''): mixed
{
    if (is_array($value)) {
        $made = [];
        foreach ($value as $name => $child) {
            $made[$name] = typed($child, is_int($name) ? $key : $name);
        }
        return $made;
    }
    return $key === 'ContentTransferEncoded' ? base64_decode($value, true) : $value;
}

$sender = clientOf($job, $job['sender']);
$recipient = clientOf($job, $job['recipient']);
$done = [];

$pong = $sender->Ping(['Echo' => $job['echo']])->Pong;
$done['ping'] = ['echo' => $pong->Echo, 'organId' => $pong->OrganId];

$package = base64_decode($job['package'], true);
$sent = $sender->SendPackage(['Package' => $package])->SendResult;
$done['sendPackage'] = [
    'messageId' => $sent->MessageId,
    'duplicate' => $sent->Duplicate,
    'contentDigest' => $sent->ContentDigest,
    'recipients' => array_map(fn ($one) => $one->OrganId, $sent->Delivery),
    'receipt' => base64_encode($sent->Receipt),
];

$inline = $sender->SendDocument(['edXML' => typed($job['document'])])->SendResult;
$done['sendDocument'] = [
    'messageId' => $inline->MessageId,
    'documentId' => $inline->DocumentId,
];

$page = $recipient->ListPending(['MaxItems' => 1000, 'Kind' => 'document'])->PendingPage;
$done['listPending'] = array_map(fn ($one) => $one->MessageId, $page->Item);

$got = $recipient->GetPackage(['MessageId' => $sent->MessageId])->PackageContent;
$done['getPackage'] = ['kind' => $got->Kind, 'sha256' => hash('sha256', $got->Package)];

$confirmed = $recipient->ConfirmReceived([
    'MessageId' => $sent->MessageId,
    'Outcome' => 'done',
])->Confirmation;
$done['confirm'] = ['messageId' => $confirmed->MessageId, 'outcome' => $confirmed->Outcome];

$status = $recipient->SendStatus([
    'ResponseFor' => [...$job['responseFor'], 'DocumentId' => $sent->DocumentId],
    'StatusCode' => '03',
    'Description' => $job['echo'],
])->SendResult;
$done['sendStatus'] = ['messageId' => $status->MessageId, 'duplicate' => $status->Duplicate];

$traces = $sender->GetTraces(['MessageId' => $sent->MessageId])->TracePage;
$done['traces'] = array_map(fn ($one) => [
    'state' => $one->State,
    'statuses' => array_map(fn ($status) => $status->StatusCode, $one->Status ?? []),
    'description' => array_map(fn ($status) => $status->Description, $one->Status ?? []),
], $traces->Trace);

$organizations = $sender->GetOrganizations(['MaxItems' => 1000])->OrganizationPage;
$done['organizations'] = array_map(fn ($one) => $one->OrganId, $organizations->Organization);

try {
    $sender->GetPackage(['MessageId' => $sent->MessageId]);
    $done['fault'] = null;
} catch (SoapFault $fault) {
    $detail = $fault->detail->GatewayFault;
    // ext/soap leaves details untyped: one issue is no array, a boolean is a text.
    $issues = is_array($detail->Issue) ? $detail->Issue : [$detail->Issue];
    $done['fault'] = [
        'text' => $fault->faultstring,
        'code' => $detail->Code,
        'correlationId' => $detail->CorrelationId,
        'temporary' => filter_var($detail->Temporary, FILTER_VALIDATE_BOOL),
        'issues' => array_map(
            fn ($one) => [$one->Code, $one->Text, $one->TextVi, $one->Hint],
            $issues,
        ),
    ];
}

$large = base64_decode($job['largePackage'], true);
$largeSent = $sender->SendPackage(['Package' => $large])->SendResult;
$largeGot = $recipient->GetPackage(['MessageId' => $largeSent->MessageId])->PackageContent;
$done['large'] = [
    'contentDigest' => $largeSent->ContentDigest,
    'sha256' => hash('sha256', $largeGot->Package),
];

echo json_encode($done, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
