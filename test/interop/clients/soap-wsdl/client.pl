#!/usr/bin/perl
# The nine operations with SOAP::WSDL, with classes of wsdl2perl; job and report as in test/interop/README.md.
use strict;
use warnings;
use FindBin;
use JSON::PP;
use MIME::Base64;
use Digest::SHA qw(sha256_hex);

require "$FindBin::Bin/sample.pl";

# sample:begin send-document
# SOAP::WSDL 3.004 writes every element below an element given by ref= under that element's own name.
{
    require EdxElements::edXML;
    my $serialize = EdxElements::edXML->can('serialize');
    no warnings qw(redefine once);
    *EdxElements::edXML::serialize = sub { my ($self, $how) = @_; delete $how->{name}; $self->$serialize($how) };
}
# sample:end send-document

my ($folder) = @ARGV;
my $text = do { local $/; <STDIN> };
# JSON::PP would take half a minute for it.
my $large_package = $text =~ s{("largePackage":")([A-Za-z0-9+/=]+)}{$1} ? decode_base64($2) : die "no large package\n";
my $job = decode_json($text);
my %report;

sub text { my ($value) = @_; return defined $value ? $value->get_value : undef }
sub truth { my ($value) = @_; return $value ? JSON::PP::true : JSON::PP::false }

sub step {
    my ($name, $act) = @_;
    $report{$name} = eval { $act->() };
    return if $@ eq q{};
    my $reason = ref $@ ? $@->get_faultstring->get_value : $@;
    $report{$name} = { failed => substr $reason, 0, 1000 };
    return;
}

sub client_of { my ($who) = @_; return connect_gateway(@{$job}{qw(address ca)}, @{$who}{qw(organId token)}) }

my $sender = client_of($job->{sender});
my $recipient = client_of($job->{recipient});
my ($id, $document_id) = ('no package was sent', 'no package was sent');

step(ping => sub {
    my $pong = checked($sender->Ping({ Echo => $job->{echo} }))->get_Pong;
    return { echo => text($pong->get_Echo), organId => text($pong->get_OrganId) };
});
step(sendPackage => sub {
    my $sent = send_package($sender, decode_base64($job->{package}));
    ($id, $document_id) = (text($sent->get_MessageId), text($sent->get_DocumentId));
    my $receipt = text($sent->get_Receipt);
    return {
        messageId => $id,
        duplicate => truth($sent->get_Duplicate),
        contentDigest => text($sent->get_ContentDigest),
        recipients => [ map { text($_->get_OrganId) } list($sent->get_Delivery) ],
        receipt => $receipt,
    };
});
step(sendDocument => sub {
    my $sent = checked($sender->SendDocument({ edXML => $job->{document} }))->get_SendResult;
    return { messageId => text($sent->get_MessageId), documentId => text($sent->get_DocumentId) };
});
step(listPending => sub {
    my $page = checked($recipient->ListPending({ MaxItems => 1000, Kind => 'document' }))->get_PendingPage;
    return [ map { text($_->get_MessageId) } list($page->get_Item) ];
});
step(getPackage => sub {
    my $got = checked($recipient->GetPackage({ MessageId => $id }))->get_PackageContent;
    return { kind => text($got->get_Kind), sha256 => sha256_hex(decode_base64(text($got->get_Package))) };
});
step(confirm => sub {
    my $call = { MessageId => $id, Outcome => 'done' };
    my $confirmed = checked($recipient->ConfirmReceived($call))->get_Confirmation;
    return { messageId => text($confirmed->get_MessageId), outcome => text($confirmed->get_Outcome) };
});
step(sendStatus => sub {
    my $call = {
        ResponseFor => { %{ $job->{responseFor} }, DocumentId => $document_id },
        StatusCode => '03',
        Description => $job->{echo},
    };
    my $sent = checked($recipient->SendStatus($call))->get_SendResult;
    return { messageId => text($sent->get_MessageId), duplicate => truth($sent->get_Duplicate) };
});
step(traces => sub {
    my $page = checked($sender->GetTraces({ MessageId => $id }))->get_TracePage;
    return [ map { {
        state => text($_->get_State),
        statuses => [ map { text($_->get_StatusCode) } list($_->get_Status) ],
        description => [ map { text($_->get_Description) } list($_->get_Status) ],
    } } list($page->get_Trace) ];
});
step(organizations => sub {
    my $page = checked($sender->GetOrganizations({ MaxItems => 1000 }))->get_OrganizationPage;
    return [ map { text($_->get_OrganId) } list($page->get_Organization) ];
});
step(fault => sub {
    my $fault = $sender->GetPackage({ MessageId => $id });
    return undef if $fault;
    my $detail = refusal($fault) or die $fault;
    return {
        text => text($fault->get_faultstring),
        code => text($detail->get_Code),
        correlationId => text($detail->get_CorrelationId),
        temporary => truth($detail->get_Temporary),
        issues => [ map { my $one = $_; [ map { my $get = "get_$_"; text($one->$get) } qw(Code Text TextVi Hint) ] }
            list($detail->get_Issue) ],
    };
});
step(large => sub {
    my $large = send_package($sender, $large_package);
    my $file = "$folder/large-$$";
    take($recipient, text($large->get_MessageId), $file);
    my $digest = Digest::SHA->new(256)->addfile($file, 'b')->hexdigest;
    unlink $file;
    return { contentDigest => text($large->get_ContentDigest), sha256 => $digest };
});

print encode_json(\%report);
