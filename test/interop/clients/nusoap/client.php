<?php
/**
 * The nine operations with NuSOAP, from the served WSDL; job and report as in test/interop/README.md.
 */
set_include_path($argv[1]);
require __DIR__ . '/sample.php';

$job = json_decode(stream_get_contents(STDIN), true, 64, JSON_THROW_ON_ERROR);
$report = [];

function clientOf(array $job, array $caller): nusoap_client
{
    return connect($job['wsdl'], $job['ca'], $caller['organId'], $caller['token']);
}

/** A step that fails is reported and the next one is tried. */
function step(string $name, callable $act): void
{
    global $report;
    try {
        $report[$name] = $act();
    } catch (Throwable $error) {
        $report[$name] = ['failed' => substr(get_class($error) . ': ' . $error->getMessage(), 0, 1000)];
    }
}

$sender = clientOf($job, $job['sender']);
$recipient = clientOf($job, $job['recipient']);
$sent = ['MessageId' => 'no package was sent', 'DocumentId' => 'no package was sent'];

step('ping', function () use ($sender, $job) {
    $pong = call($sender, 'Ping', ['Echo' => $job['echo']])['Pong'];
    return ['echo' => $pong['Echo'], 'organId' => $pong['OrganId']];
});
step('sendPackage', function () use ($sender, $job, &$sent) {
    $sent = send($sender, base64_decode($job['package'], true));
    return [
        'messageId' => $sent['MessageId'],
        'duplicate' => $sent['Duplicate'] === 'true',
        'contentDigest' => $sent['ContentDigest'],
        'recipients' => array_map(fn ($one) => $one['OrganId'], items($sent['Delivery'])),
        'receipt' => $sent['Receipt'],
    ];
});
step('sendDocument', function () use ($sender, $job) {
    $inline = call($sender, 'SendDocument', ['edXML' => $job['document']])['SendResult'];
    return ['messageId' => $inline['MessageId'], 'documentId' => $inline['DocumentId']];
});
step('listPending', function () use ($recipient) {
    $page = call($recipient, 'ListPending', ['MaxItems' => 1000, 'Kind' => 'document'])['PendingPage'];
    return array_map(fn ($one) => $one['MessageId'], items($page['Item'] ?? []));
});
step('getPackage', function () use ($recipient, &$sent) {
    $got = call($recipient, 'GetPackage', ['MessageId' => $sent['MessageId']])['PackageContent'];
    return ['kind' => $got['Kind'], 'sha256' => hash('sha256', base64_decode($got['Package']))];
});
step('confirm', function () use ($recipient, &$sent) {
    $request = ['MessageId' => $sent['MessageId'], 'Outcome' => 'done'];
    $confirmed = call($recipient, 'ConfirmReceived', $request)['Confirmation'];
    return ['messageId' => $confirmed['MessageId'], 'outcome' => $confirmed['Outcome']];
});
step('sendStatus', function () use ($recipient, $job, &$sent) {
    $status = call($recipient, 'SendStatus', [
        'ResponseFor' => [...$job['responseFor'], 'DocumentId' => $sent['DocumentId']],
        'StatusCode' => '03',
        'Description' => $job['echo'],
    ])['SendResult'];
    return ['messageId' => $status['MessageId'], 'duplicate' => $status['Duplicate'] === 'true'];
});
step('traces', function () use ($sender, &$sent) {
    $page = call($sender, 'GetTraces', ['MessageId' => $sent['MessageId']])['TracePage'];
    return array_map(fn ($one) => [
        'state' => $one['State'],
        'statuses' => array_map(fn ($status) => $status['StatusCode'], items($one['Status'] ?? [])),
        'description' => array_map(fn ($status) => $status['Description'], items($one['Status'] ?? [])),
    ], items($page['Trace']));
});
step('organizations', function () use ($sender) {
    $page = call($sender, 'GetOrganizations', ['MaxItems' => 1000])['OrganizationPage'];
    return array_map(fn ($one) => $one['OrganId'], items($page['Organization']));
});
step('fault', function () use ($sender, &$sent) {
    try {
        call($sender, 'GetPackage', ['MessageId' => $sent['MessageId']]);
        return null;
    } catch (RuntimeException $error) {
        $detail = refusal($sender) ?? throw $error;
        return [
            'text' => $error->getMessage(),
            'code' => $detail['Code'],
            'correlationId' => $detail['CorrelationId'],
            'temporary' => $detail['Temporary'] === 'true',
            'issues' => array_map(
                fn ($one) => [$one['Code'], $one['Text'], $one['TextVi'], $one['Hint']],
                $detail['Issue'],
            ),
        ];
    }
});
step('large', function () use ($sender, $recipient, $job) {
    $large = send($sender, base64_decode($job['largePackage'], true));
    $file = tempnam($GLOBALS['argv'][1], 'large-');
    try {
        take($recipient, $large['MessageId'], $file);
        return ['contentDigest' => $large['ContentDigest'], 'sha256' => hash_file('sha256', $file)];
    } finally {
        unlink($file);
    }
});

echo json_encode($report, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
