<?php
// Sends packages, takes what waits:
// php -d include_path=FOLDER_OF_NUSOAP sample.php WSDL CA_FILE ORGAN_ID TOKEN_FILE [PACKAGE_FILE]...
error_reporting(E_ALL & ~E_DEPRECATED & ~E_NOTICE & ~E_WARNING); // NuSOAP is of 2010
require 'nusoap.php';

function connect(string $wsdl, string $ca, string $organId, string $token): nusoap_client
{
    $GLOBALS['_transient']['static']['nusoap_base']['globalDebugLevel'] = 0; // else packages fill a debug text
    $gateway = new nusoap_client($wsdl, true, false, false, false, false, 10, 120); // seconds: connect, answer
    $gateway->soap_defencoding = 'UTF-8';
    $gateway->decode_utf8 = false; // else Vietnamese letters become question marks
    $gateway->setCurlOption(CURLOPT_CAINFO, $ca);
    $gateway->setCurlOption(CURLOPT_SSL_VERIFYPEER, true); // NuSOAP checks no certificate by itself
    $gateway->setCurlOption(CURLOPT_SSL_VERIFYHOST, 2);
    $gateway->setCurlOption(CURLOPT_FOLLOWLOCATION, false);
    $gateway->setCurlOption(CURLOPT_USERPWD, "$organId:$token");
    return $gateway;
}

/** Faults do not throw in NuSOAP. */
function call(nusoap_client $gateway, string $operation, array $parameters): array
{
    $answer = $gateway->call($operation, $parameters);
    if ($gateway->fault) throw new RuntimeException($gateway->faultstring);
    if ($gateway->getError()) throw new RuntimeException($gateway->getError());
    return $answer;
}

/** A list of one comes as the element itself, an empty one not at all. */
function items(mixed $list): array
{
    return is_array($list) ? (array_is_list($list) ? $list : [$list]) : [];
}

/** The same bytes may be sent again when no answer came: Duplicate is then "true". */
function send(nusoap_client $gateway, string $package): array
{
    return call($gateway, 'SendPackage', ['Package' => base64_encode($package)])['SendResult'];
}

/** Writes the package to a file, and only then confirms it. */
function take(nusoap_client $gateway, string $messageId, string $file): void
{
    $content = call($gateway, 'GetPackage', ['MessageId' => $messageId])['PackageContent'];
    $package = base64_decode($content['Package']);
    if (hash('sha256', $package) !== $content['ContentDigest']) throw new RuntimeException('damaged');
    if (file_put_contents($file, $package) !== strlen($package)) throw new RuntimeException($file);
    call($gateway, 'ConfirmReceived', ['MessageId' => $messageId, 'Outcome' => 'done']);
}

/** null: not a refusal of the gateway. NuSOAP keeps the detail as a property of that name. */
function refusal(nusoap_client $gateway): ?array
{
    $detail = $gateway->detail['GatewayFault'] ?? null;
    return $detail === null ? null : [...$detail, 'Issue' => items($detail['Issue'] ?? [])];
}

function main(string $wsdl, string $ca, string $organId, string $tokenFile, string ...$files): int
{
    $gateway = connect($wsdl, $ca, $organId, trim(file_get_contents($tokenFile)));
    try {
        foreach ($files as $file) {
            $sent = send($gateway, file_get_contents($file));
            file_put_contents("$file.receipt.xml", base64_decode($sent['Receipt'])); // keep it: your proof
            echo "sent $sent[MessageId]\n";
        }
        $page = call($gateway, 'ListPending', ['MaxItems' => 100])['PendingPage'];
        foreach (items($page['Item'] ?? []) as $item) {
            take($gateway, $item['MessageId'], "$item[MessageId].edxml");
            echo "received $item[MessageId]\n";
        }
        return 0;
    } catch (RuntimeException $error) {
        $why = refusal($gateway) ?? throw $error;
        echo "$why[Code] $why[CorrelationId] ", $why['Temporary'] === 'true' ? 'try again' : 'final', "\n";
        foreach ($why['Issue'] as $issue) echo "  $issue[Code] $issue[Path]: $issue[TextVi] ($issue[Hint])\n";
        return 1;
    }
}

if (realpath($argv[0] ?? '') === __FILE__) exit(main(...array_slice($argv, 1)));
