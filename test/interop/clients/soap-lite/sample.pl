#!/usr/bin/perl
# Sends packages, takes what waits: perl sample.pl ENDPOINT CA_FILE ORGAN_ID TOKEN_FILE [PACKAGE_FILE]...
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use MIME::Base64;
use MIME::Entity;
use SOAP::Lite;

sub connect_gateway {
    my ($endpoint, $ca, $organ_id, $token, $version) = @_;
    SOAP::Lite->soapversion($version);
    my $gateway = SOAP::Lite->new->proxy($endpoint, timeout => 120);
    $gateway->ns('urn:edxgate:gateway:1', 'edx')->autotype(0)->encoding('utf-8');
    $gateway->on_action(sub { return qq{"$_[0]/$_[1]"} });
    $gateway->transport->ssl_opts(SSL_ca_file => $ca);
    $gateway->transport->default_header(
        Authorization => 'Basic ' . encode_base64("$organ_id:$token", q{}));
    return $gateway;
}

# SOAP::Lite makes nothing of the WSDL: elements are written by hand, in the order of the schema and escaped.
sub element {
    my ($name, $value) = @_;
    return SOAP::Data->name("edx:$name")->value(ref $value ? $value : SOAP::Utils::encode_data($value));
}

# Gives back the one result of the operation as a tree; dies with the whole answer when it is a fault.
sub call {
    my ($gateway, $operation, @elements) = @_;
    my $answer = $gateway->call($operation, @elements);
    die $answer if $answer->fault;
    return $answer->result;
}

# One of several is the element itself, none is no element.
sub list { my ($value) = @_; return ref $value eq 'ARRAY' ? @{$value} : defined $value ? $value : () }

# The same bytes may be sent again when no answer came: Duplicate is then 'true'.
sub send_package {
    my ($gateway, $bytes) = @_;
    return call($gateway, 'SendPackage', element(Package => encode_base64($bytes, q{})));
}

# The same as an attachment (SwA): the element holds the id of the part.
sub send_attached {
    my ($gateway, $bytes) = @_;
    my $part = MIME::Entity->build(
        Id => '<package@client.example>', Type => 'application/octet-stream', Encoding => 'base64', Data => $bytes);
    return call($gateway, 'SendPackage', element(Package => 'cid:package@client.example'), $part);
}

sub read_file { my ($file) = @_; open my $in, '<:raw', $file or die "$file: $!\n"; local $/; return <$in> }

sub write_file {
    my ($file, $bytes) = @_;
    open my $out, '>:raw', $file or die "$file: $!\n";
    print {$out} $bytes or die "$file: $!\n";
    close $out or die "$file: $!\n";
    return;
}

# Writes the package to a file, and only then confirms it.
sub take {
    my ($gateway, $id, $file) = @_;
    my $content = call($gateway, 'GetPackage', element(MessageId => $id));
    my $bytes = decode_base64($content->{Package});
    die "$id came damaged\n" if sha256_hex($bytes) ne $content->{ContentDigest};
    write_file($file, $bytes);
    call($gateway, 'ConfirmReceived', element(MessageId => $id), element(Outcome => 'done'));
    return;
}

# The fault string (SOAP 1.1 and 1.2) and the detail; the latter undef when it is no refusal of the gateway.
sub refusal {
    my ($answer) = @_;
    return ($answer->faultstring // $answer->valueof('//Fault/Reason/Text'), $answer->valueof('//GatewayFault'));
}

sub work {
    my ($gateway, @files) = @_;
    for my $file (@files) {
        my $sent = send_package($gateway, read_file($file));
        write_file("$file.receipt.xml", decode_base64($sent->{Receipt})); # keep it: your proof
        print "sent $sent->{MessageId}\n";
    }
    my $page = call($gateway, 'ListPending', element(MaxItems => 100));
    for my $id (map { $_->{MessageId} } ref $page ? list($page->{Item}) : ()) { # an empty page is a text
        take($gateway, $id, "$id.edxml");
        print "received $id\n";
    }
    return 1;
}

sub main {
    my ($endpoint, $ca, $organ_id, $token_file, @files) = @_;
    chomp(my $token = read_file($token_file));
    return 0 if eval { work(connect_gateway($endpoint, $ca, $organ_id, $token, '1.1'), @files) };
    die $@ unless ref $@; # no connection, no SOAP
    my ($text, $why) = refusal($@);
    die "$text\n" unless ref $why;
    print "$why->{Code} $why->{CorrelationId} ", $why->{Temporary} eq 'true' ? "try again\n" : "final\n";
    print "  $_->{Code} $_->{Path}: $_->{TextVi} ($_->{Hint})\n" for list($why->{Issue});
    return 1;
}

binmode STDOUT, ':encoding(UTF-8)' unless caller;
exit main(@ARGV) unless caller;
1;
