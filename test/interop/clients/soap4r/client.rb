# The nine operations with soap4r, with classes of wsdl2ruby; job and report as in test/interop/README.md.
require 'json'
require_relative 'sample'

JOB = JSON.parse($stdin.read)
REPORT = {}
Types = EdxGate::EdxGatewayMappingRegistry::LiteralRegistry

# A step that fails is reported and the next one is tried.
def step(name)
  REPORT[name] = yield
rescue StandardError => e
  REPORT[name] = { failed: "#{e.class}: #{e.message}"[0, 1000] }
end

# An object of a generated class from a tree of element names.
def typed(type, tree)
  made = type.new
  Types.schema_definition_from_class(type).elements.each do |element|
    next unless tree.key?(element.elename.name)

    made.public_send("#{element.varname}=", value_of(element.mapped_class, tree[element.elename.name]))
  end
  made
end

def value_of(type, value)
  case value
  when Array then value.map { |one| value_of(type, one) }
  when Hash then typed(type, value)
  else type == SOAP::SOAPBase64 ? SOAP::SOAPBase64.new(value.unpack1('m')) : value
  end
end

def client_of(caller)
  connect(JOB['address'], JOB['ca'], caller['organId'], caller['token'])
end

sender = client_of(JOB['sender'])
recipient = client_of(JOB['recipient'])
sent = nil

step(:ping) do
  pong = sender.ping(EdxGate::Ping.new(JOB['echo'])).pong
  { echo: pong.echo, organId: pong.organId }
end
step(:sendPackage) do
  sent = send_package(sender, JOB['package'].unpack1('m'))
  {
    messageId: sent.messageId,
    duplicate: sent.duplicate == 'true',
    contentDigest: sent.contentDigest,
    recipients: sent.delivery.map(&:organId),
    receipt: [decoded(sent.receipt)].pack('m0'),
  }
end
step(:sendDocument) do
  document = typed(EdxGate::DocumentPackage, JOB['document'])
  inline = sender.sendDocument(EdxGate::SendDocument.new(document)).sendResult
  { messageId: inline.messageId, documentId: inline.documentId }
end
step(:listPending) do
  request = EdxGate::ListPending.new(1000, nil, 'document')
  recipient.listPending(request).pendingPage.item.map(&:messageId)
end
step(:getPackage) do
  got = recipient.getPackage(EdxGate::GetPackage.new(sent.messageId)).packageContent
  { kind: got.kind, sha256: Digest::SHA256.hexdigest(decoded(got.package)) }
end
step(:confirm) do
  request = EdxGate::ConfirmReceived.new(sent.messageId, 'done')
  confirmed = recipient.confirmReceived(request).confirmation
  { messageId: confirmed.messageId, outcome: confirmed.outcome }
end
step(:sendStatus) do
  about = JOB['responseFor']
  document = EdxGate::StatusResponseFor.new(about['OrganId'], about['Code'], sent.documentId, about['PromulgationDate'])
  status = recipient.sendStatus(EdxGate::SendStatus.new(document, '03', JOB['echo'])).sendResult
  { messageId: status.messageId, duplicate: status.duplicate == 'true' }
end
step(:traces) do
  sender.getTraces(EdxGate::GetTraces.new(sent.messageId)).tracePage.trace.map do |one|
    {
      state: one.state,
      statuses: one.status.map(&:statusCode),
      description: one.status.map(&:description),
    }
  end
end
step(:organizations) do
  page = sender.getOrganizations(EdxGate::GetOrganizations.new(nil, nil, 1000)).organizationPage
  page.organization.map(&:organId)
end
step(:fault) do
  sender.getPackage(EdxGate::GetPackage.new(sent.messageId))
  nil
rescue SOAP::FaultError => e
  why = refusal(e) or raise
  {
    text: e.message,
    code: why.code,
    correlationId: why.correlationId,
    temporary: why.temporary == 'true',
    issues: why.issue.map { |one| [one.code, one.text, one.textVi, one.hint] },
  }
end
step(:large) do
  large = send_package(sender, JOB['largePackage'].unpack1('m'))
  file = "#{ARGV.fetch(0)}/large-#{Process.pid}"
  take(recipient, large.messageId, file)
  digest = Digest::SHA256.file(file).hexdigest
  File.delete(file)
  { contentDigest: large.contentDigest, sha256: digest }
end

puts JSON.generate(REPORT)
