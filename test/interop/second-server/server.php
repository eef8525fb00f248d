<?php
/**
 * The contract served by PHP's SoapServer: shares no line with the gateway. A step that fails in the same way
 * against both is the client's own fault.
 *
 * Run by `php -S` for one SOAP version: CONTRACT = path of the WSDL, STATE = an empty folder. It knows two agencies by
 * the user of HTTP Basic, keeps packages as files, and refuses GetPackage to all but the recipient.
 */
declare(strict_types=1);

const NAMES = ['T99.01' => 'Sở Mẫu A', 'T99.02' => 'Sở Mẫu B'];

final class SecondServer
{
    private string $caller;

    public function __construct(private string $state)
    {
        $this->caller = $_SERVER['PHP_AUTH_USER'] ?? '';
    }

    public function Ping(object $asked): array
    {
        return ['Pong' => [
            'Echo' => $asked->Echo ?? null,
            'Time' => $this->now(),
            'Version' => 'second',
            'OrganId' => $this->caller,
        ]];
    }

    public function SendPackage(object $asked): array
    {
        return $this->keep('document', $asked->Package, 'T99.01,2026/11/20,1/SMA-VP');
    }

    public function SendDocument(object $asked): array
    {
        $header = $asked->edXML->edXMLEnvelope->edXMLHeader->MessageHeader;
        return $this->keep('document', '<edXML/>', $header->DocumentId);
    }

    public function SendStatus(object $asked): array
    {
        file_put_contents("$this->state/status", serialize($asked));
        return $this->keep('status', '<edXML/>', $asked->ResponseFor->DocumentId);
    }

    public function ListPending(object $asked): array
    {
        $items = array_filter($this->all(), fn ($one) => $one['kind'] === 'document');
        return ['PendingPage' => ['Item' => array_values(array_map(fn ($one) => [
            'MessageId' => $one['id'],
            'Kind' => $one['kind'],
            'DocumentId' => $one['documentId'],
            'FromOrganId' => 'T99.01',
            'ReceivedAt' => $this->now(),
            'SizeBytes' => strlen($one['bytes']),
            'ContentDigest' => hash('sha256', $one['bytes']),
        ], $items))]];
    }

    public function GetPackage(object $asked): array
    {
        $found = $this->all()[$asked->MessageId] ?? null;
        if ($found === null || $this->caller !== 'T99.02') {
            throw $this->refusal();
        }
        return ['PackageContent' => [
            'MessageId' => $found['id'],
            'Kind' => $found['kind'],
            'ContentDigest' => hash('sha256', $found['bytes']),
            'SignatureClass' => 'absent',
            'Package' => $found['bytes'],
        ]];
    }

    public function ConfirmReceived(object $asked): array
    {
        return ['Confirmation' => [
            'MessageId' => $asked->MessageId,
            'Outcome' => $asked->Outcome,
            'ConfirmedAt' => $this->now(),
        ]];
    }

    public function GetTraces(object $asked): array
    {
        $status = unserialize(file_get_contents("$this->state/status"));
        return ['TracePage' => ['Trace' => [[
            'MessageId' => $asked->MessageId,
            'DocumentId' => $status->ResponseFor->DocumentId,
            'ToOrganId' => 'T99.02',
            'State' => 'delivered',
            'Attempts' => 0,
            'UpdatedAt' => $this->now(),
            'Status' => [[
                'StatusCode' => $status->StatusCode,
                'FromOrganId' => 'T99.02',
                'Timestamp' => $this->now(),
                'Description' => $status->Description,
            ]],
        ]]]];
    }

    public function GetOrganizations(object $asked): array
    {
        return ['OrganizationPage' => ['Organization' => array_map(fn ($id) => [
            'OrganId' => $id,
            'OrganName' => NAMES[$id],
            'Active' => true,
            'ChangedAt' => $this->now(),
        ], array_keys(NAMES))]];
    }

    private function keep(string $kind, string $bytes, string $documentId): array
    {
        $id = 'second-' . bin2hex(random_bytes(8));
        $message = compact('id', 'kind', 'bytes', 'documentId');
        file_put_contents("$this->state/$id.message", serialize($message));
        return ['SendResult' => [
            'MessageId' => $id,
            'DocumentId' => $documentId,
            'ReceivedAt' => $this->now(),
            'Duplicate' => false,
            'ContentDigest' => hash('sha256', $bytes),
            'SignatureClass' => 'absent',
            'Delivery' => [['OrganId' => 'T99.02', 'State' => 'pending']],
            'Receipt' => "<Receipt id=\"$id\"><SignatureValue/></Receipt>",
        ]];
    }

    /** @return array<string, array> */
    private function all(): array
    {
        $all = [];
        foreach (glob("$this->state/*.message") as $file) {
            $message = unserialize(file_get_contents($file));
            $all[$message['id']] = $message;
        }
        return $all;
    }

    private function refusal(): SoapFault
    {
        $issue = [
            'Code' => 'message.unknown',
            'Path' => '',
            'Text' => 'There is no such message for this caller.',
            'TextVi' => 'Không có thông điệp này đối với bên gọi.',
            'Hint' => 'Use an id from ListPending. / Dùng mã lấy từ ListPending.',
        ];
        $detail = [
            'Code' => 'message.unknown',
            'CorrelationId' => '00000000-0000-4000-8000-000000000000',
            'Temporary' => false,
            'Issue' => [$issue],
        ];
        $text = "message.unknown: {$issue['Text']}";
        return new SoapFault('Client', $text, null, $detail, 'GatewayFault');
    }

    private function now(): string
    {
        return gmdate('Y-m-d\TH:i:s\Z');
    }
}

$isSoap12 = str_contains($_SERVER['CONTENT_TYPE'] ?? '', 'application/soap+xml');
$server = new SoapServer(getenv('CONTRACT'), [
    'soap_version' => $isSoap12 ? SOAP_1_2 : SOAP_1_1,
    'cache_wsdl' => WSDL_CACHE_NONE,
    'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
]);
$server->setObject(new SecondServer(getenv('STATE')));
$server->handle();
