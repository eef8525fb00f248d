# Sends packages, takes what waits:
# ruby -IFOLDER_OF_CLASSES sample.rb ENDPOINT CA_FILE ORGAN_ID TOKEN_FILE [PACKAGE_FILE]...
require 'digest'
require 'EdxGatewayDriver'

def connect(endpoint, ca, organ_id, token)
  gateway = EdxGate::EdxGatewayPortType.new(endpoint)
  gateway.options['protocol.http.ssl_config.ca_file'] = ca
  gateway.options['protocol.http.connect_timeout'] = 10 # seconds
  gateway.options['protocol.http.receive_timeout'] = 120
  gateway.options['protocol.http.basic_auth'] << [endpoint, organ_id, token]
  gateway.streamhandler.client.force_basic_auth = true # with the first request, not after a 401
  gateway
end

# The same bytes may be sent again when no answer came: duplicate is then 'true'.
def send_package(gateway, bytes)
  gateway.sendPackage(EdxGate::SendPackage.new(SOAP::SOAPBase64.new(bytes))).sendResult
end

# soap4r hands out bytes in base64 of base64; everything else is text.
def decoded(text)
  text.unpack1('m').unpack1('m')
end

# Writes the package to a file, and only then confirms it.
def take(gateway, id, file)
  content = gateway.getPackage(EdxGate::GetPackage.new(id)).packageContent
  bytes = decoded(content.package)
  raise "#{id} came damaged" if Digest::SHA256.hexdigest(bytes) != content.contentDigest
  File.binwrite(file, bytes)
  gateway.confirmReceived(EdxGate::ConfirmReceived.new(id, 'done'))
end

# nil: not a refusal of the gateway.
def refusal(fault)
  fault.detail.gatewayFault if fault.detail.respond_to?(:gatewayFault)
end

def main(endpoint, ca, organ_id, token_file, *files)
  gateway = connect(endpoint, ca, organ_id, File.read(token_file).strip)
  files.each do |file|
    sent = send_package(gateway, File.binread(file))
    File.binwrite("#{file}.receipt.xml", decoded(sent.receipt)) # keep it: your proof
    puts "sent #{sent.messageId}"
  end
  gateway.listPending(EdxGate::ListPending.new(100)).pendingPage.item.each do |item|
    take(gateway, item.messageId, "#{item.messageId}.edxml")
    puts "received #{item.messageId}"
  end
  0
rescue SOAP::FaultError => e
  why = refusal(e) or raise
  puts "#{why.code} #{why.correlationId} #{why.temporary == 'true' ? 'try again' : 'final'}"
  why.issue.each { |one| puts "  #{one.code} #{one.path}: #{one.textVi} (#{one.hint})" }
  1
end

exit main(*ARGV) if $PROGRAM_NAME == __FILE__
