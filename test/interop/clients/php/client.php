<?php
/**
 * The nine operations with PHP ext/soap, from the served WSDL; job and report as in test/interop/README.md.
 */
declare(strict_types=1);
require __DIR__ . '/sample.php';

$job = json_decode(stream_get_contents(STDIN), true, 64, JSON_THROW_ON_ERROR);
$report = [];

/** Bytes come as base64 text in JSON. */
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

function clientOf(array $job, array $caller): SoapClient
{
    $version = $job['soap'] === '1.2' ? SOAP_1_2 : SOAP_1_1;
    return connect($job['wsdl'], $job['ca'], $caller['organId'], $caller['token'], $version);
}

/** A step that fails is reported and the next one is tried. */
function step(string $name, callable $act): void
{
    global $report;
    try {
        $report[$name] = $act();
    } catch (Throwable $error) {
        $report[$name] = ['failed' => get_class($error) . ': ' . $error->getMessage()];
    }
}

$sender = clientOf($job, $job['sender']);
$recipient = clientOf($job, $job['recipient']);
$sent = null;

step('ping', function () use ($sender, $job) {
    $pong = $sender->Ping(['Echo' => $job['echo']])->Pong;
    return ['echo' => $pong->Echo, 'organId' => $pong->OrganId];
});
step('sendPackage', function () use ($sender, $job, &$sent) {
    $sent = send($sender, base64_decode($job['package'], true));
    return [
        'messageId' => $sent->MessageId,
        'duplicate' => $sent->Duplicate,
        'contentDigest' => $sent->ContentDigest,
        'recipients' => array_map(fn ($one) => $one->OrganId, $sent->Delivery),
        'receipt' => base64_encode($sent->Receipt),
    ];
});
step('sendDocument', function () use ($sender, $job) {
    $inline = $sender->SendDocument(['edXML' => typed($job['document'])])->SendResult;
    return ['messageId' => $inline->MessageId, 'documentId' => $inline->DocumentId];
});
step('listPending', function () use ($recipient) {
    $page = $recipient->ListPending(['MaxItems' => 1000, 'Kind' => 'document'])->PendingPage;
    return array_map(fn ($one) => $one->MessageId, $page->Item ?? []);
});
step('getPackage', function () use ($recipient, &$sent) {
    $got = $recipient->GetPackage(['MessageId' => $sent->MessageId])->PackageContent;
    return ['kind' => $got->Kind, 'sha256' => hash('sha256', $got->Package)];
});
step('confirm', function () use ($recipient, &$sent) {
    $call = ['MessageId' => $sent->MessageId, 'Outcome' => 'done'];
    $confirmed = $recipient->ConfirmReceived($call)->Confirmation;
    return ['messageId' => $confirmed->MessageId, 'outcome' => $confirmed->Outcome];
});
step('sendStatus', function () use ($recipient, $job, &$sent) {
    $status = $recipient->SendStatus([
        'ResponseFor' => [...$job['responseFor'], 'DocumentId' => $sent->DocumentId],
        'StatusCode' => '03',
        'Description' => $job['echo'],
    ])->SendResult;
    return ['messageId' => $status->MessageId, 'duplicate' => $status->Duplicate];
});
step('traces', function () use ($sender, &$sent) {
    $page = $sender->GetTraces(['MessageId' => $sent->MessageId])->TracePage;
    return array_map(fn ($one) => [
        'state' => $one->State,
        'statuses' => array_map(fn ($status) => $status->StatusCode, $one->Status ?? []),
        'description' => array_map(fn ($status) => $status->Description, $one->Status ?? []),
    ], $page->Trace);
});
step('organizations', function () use ($sender) {
    $page = $sender->GetOrganizations(['MaxItems' => 1000])->OrganizationPage;
    return array_map(fn ($one) => $one->OrganId, $page->Organization);
});
step('fault', function () use ($sender, &$sent) {
    try {
        $sender->GetPackage(['MessageId' => $sent->MessageId]);
        return null;
    } catch (SoapFault $fault) {
        $detail = refusal($fault) ?? throw $fault;
        return [
            'text' => $fault->faultstring,
            'code' => $detail->Code,
            'correlationId' => $detail->CorrelationId,
            'temporary' => $detail->Temporary,
            'issues' => array_map(
                fn ($one) => [$one->Code, $one->Text, $one->TextVi, $one->Hint],
                $detail->Issue,
            ),
        ];
    }
});
step('large', function () use ($sender, $recipient, $job) {
    $large = send($sender, base64_decode($job['largePackage'], true));
    $file = tempnam($GLOBALS['argv'][1], 'large-');
    try {
        take($recipient, $large->MessageId, $file);
        return ['contentDigest' => $large->ContentDigest, 'sha256' => hash_file('sha256', $file)];
    } finally {
        unlink($file);
    }
});

echo json_encode($report, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
