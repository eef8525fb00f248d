#!/usr/bin/perl
# Sends packages, takes what waits:
# perl -IFOLDER_OF_CLASSES sample.pl ENDPOINT CA_FILE ORGAN_ID TOKEN_FILE [PACKAGE_FILE]...
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use EdxInterfaces::EdxGateway::EdxGateway11;
use MIME::Base64;

# SOAP::WSDL leaves the detail of a fault untyped; these two steps give it the types of the WSDL.
{
    package FaultDetail;
    use parent -norequire, 'SOAP::WSDL::SOAP::Typelib::Fault11Detail';
    my %fault_of;
    sub add_GatewayFault { my ($self, $fault) = @_; $fault_of{$$self} = $fault; return }
    sub get_GatewayFault { my ($self) = @_; return $fault_of{$$self} }
}
my $types = EdxTypemaps::EdxGateway->get_typemap;
$types->{"Fault/detail/$_"} = $types->{$_} for grep { m{^GatewayFault} } keys %{$types};
$types->{'Fault/detail'} = 'FaultDetail';

sub connect_gateway {
    my ($endpoint, $ca, $organ_id, $token) = @_;
    my $gateway = EdxInterfaces::EdxGateway::EdxGateway11->new({ proxy => $endpoint });
    my $agent = $gateway->get_transport;
    $agent->ssl_opts(SSL_ca_file => $ca);
    $agent->timeout(120);
    $agent->default_header(Authorization => 'Basic ' . encode_base64("$organ_id:$token", q{}));
    return $gateway;
}

# A fault is false; nothing is thrown by SOAP::WSDL itself.
sub checked { my ($answer) = @_; return $answer || die $answer }

# A list of one comes as the element itself.
sub list { my ($value) = @_; return ref $value eq 'ARRAY' ? @{$value} : defined $value ? $value : () }

# base64Binary is text to SOAP::WSDL. The same bytes may be sent again when no answer came.
sub send_package {
    my ($gateway, $bytes) = @_;
    my $answer = checked($gateway->SendPackage({ Package => encode_base64($bytes, q{}) }));
    return $answer->get_SendResult;
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
    my $content = checked($gateway->GetPackage({ MessageId => $id }))->get_PackageContent;
    my $bytes = decode_base64($content->get_Package->get_value);
    die "$id came damaged\n" if sha256_hex($bytes) ne $content->get_ContentDigest->get_value;
    write_file($file, $bytes);
    checked($gateway->ConfirmReceived({ MessageId => $id, Outcome => 'done' }));
    return;
}

# undef: not a refusal of the gateway (no connection, no sign-in at a proxy ...).
sub refusal {
    my ($fault) = @_;
    my $detail = $fault->get_detail;
    return ref $detail && $detail->can('get_GatewayFault') ? $detail->get_GatewayFault : undef;
}

sub work {
    my ($gateway, @files) = @_;
    for my $file (@files) {
        my $sent = send_package($gateway, read_file($file));
        write_file("$file.receipt.xml", decode_base64($sent->get_Receipt->get_value)); # keep it: your proof
        print 'sent ', $sent->get_MessageId, "\n";
    }
    for my $item (list(checked($gateway->ListPending({ MaxItems => 100 }))->get_PendingPage->get_Item)) {
        my $id = $item->get_MessageId->get_value;
        take($gateway, $id, "$id.edxml");
        print "received $id\n";
    }
    return 1;
}

sub main {
    my ($endpoint, $ca, $organ_id, $token_file, @files) = @_;
    chomp(my $token = read_file($token_file));
    return 0 if eval { work(connect_gateway($endpoint, $ca, $organ_id, $token), @files) };
    my $why = ref $@ ? refusal($@) : undef;
    die ref $@ ? $@->get_faultstring . "\n" : $@ unless ref $why;
    print $why->get_Code, q{ }, $why->get_CorrelationId, $why->get_Temporary ? " try again\n" : " final\n";
    print '  ', join(q{ }, $_->get_Code, $_->get_Path, $_->get_TextVi), "\n" for list($why->get_Issue);
    return 1;
}

binmode STDOUT, ':encoding(UTF-8)' unless caller;
exit main(@ARGV) unless caller;
1;
