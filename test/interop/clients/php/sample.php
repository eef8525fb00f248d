<?php
// Sends packages, takes what waits: php sample.php WSDL CA_FILE ORGAN_ID TOKEN_FILE [PACKAGE_FILE]...
declare(strict_types=1);

function connect(string $wsdl, string $ca, string $organId, string $token, int $version): SoapClient
{
    ini_set('default_socket_timeout', '120'); // seconds without an answer; a big package takes its time
    return new SoapClient($wsdl, [
        'soap_version' => $version,
        'login' => $organId,
        'password' => $token,
        'connection_timeout' => 10,
        'cache_wsdl' => WSDL_CACHE_NONE, // or keep it, and empty /tmp/wsdl-* after an upgrade
        'features' => SOAP_SINGLE_ELEMENT_ARRAYS, // a list of one stays a list
        'stream_context' => stream_context_create(['ssl' => ['cafile' => $ca]]),
    ]);
}

/** The same bytes may be sent again when no answer came: Duplicate is then true. */
function send(SoapClient $gateway, string $package): object
{
    return $gateway->SendPackage(['Package' => $package])->SendResult;
}

/** Writes the package to a file, and only then confirms it. */
function take(SoapClient $gateway, string $messageId, string $file): void
{
    $content = $gateway->GetPackage(['MessageId' => $messageId])->PackageContent;
    if (hash('sha256', $content->Package) !== $content->ContentDigest) throw new RuntimeException('damaged');
    if (file_put_contents($file, $content->Package) !== strlen($content->Package)) throw new RuntimeException($file);
    $gateway->ConfirmReceived(['MessageId' => $messageId, 'Outcome' => 'done']);
}

/** The detail is untyped: one issue is no list, a boolean is a text. null: not a refusal of the gateway. */
function refusal(SoapFault $fault): ?object
{
    $detail = $fault->detail->GatewayFault ?? null;
    if ($detail === null) return null;
    $issues = $detail->Issue ?? [];
    $detail->Issue = is_array($issues) ? $issues : [$issues];
    $detail->Temporary = $detail->Temporary === 'true';
    return $detail;
}

function main(string $wsdl, string $ca, string $organId, string $tokenFile, string ...$files): int
{
    try {
        $gateway = connect($wsdl, $ca, $organId, trim(file_get_contents($tokenFile)), SOAP_1_1);
        foreach ($files as $file) {
            $sent = send($gateway, file_get_contents($file));
            file_put_contents("$file.receipt.xml", $sent->Receipt); // keep it: your proof
            echo "sent $sent->MessageId\n";
        }
        foreach ($gateway->ListPending(['MaxItems' => 100])->PendingPage->Item ?? [] as $item) {
            take($gateway, $item->MessageId, "$item->MessageId.edxml");
            echo "received $item->MessageId\n";
        }
        return 0;
    } catch (SoapFault $fault) {
        $why = refusal($fault) ?? throw $fault;
        echo "$why->Code $why->CorrelationId ", $why->Temporary ? 'try again' : 'final', "\n";
        foreach ($why->Issue as $issue) echo "  $issue->Code $issue->Path: $issue->TextVi ($issue->Hint)\n";
        return 1;
    }
}

if (realpath($argv[0] ?? '') === __FILE__) exit(main(...array_slice($argv, 1)));
