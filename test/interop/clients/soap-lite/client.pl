#!/usr/bin/perl
# The nine operations with SOAP::Lite, envelopes by hand; job and report as in test/interop/README.md.
use strict;
use warnings;
use FindBin;
use JSON::PP;

require "$FindBin::Bin/sample.pl";

my ($folder) = @ARGV;
my $text = do { local $/; <STDIN> };
# JSON::PP would take half a minute for it.
my $large_package = $text =~ s{("largePackage":")([A-Za-z0-9+/=]+)}{$1} ? decode_base64($2) : die "no large package\n";
my $job = decode_json($text);
my %report;

sub truth { my ($text) = @_; return $text eq 'true' ? JSON::PP::true : JSON::PP::false }

sub step {
    my ($name, $act) = @_;
    $report{$name} = eval { $act->() };
    my $error = $@;
    return if !ref $error && $error eq q{};
    my $reason = ref $error ? (refusal($error))[0] : $error;
    $report{$name} = { failed => substr $reason, 0, 1000 };
    return;
}

# JSON keeps no order of members, the schema has one.
my $serial = 0;
my %place = map { $_ => $serial++ } qw(edXMLEnvelope AttachmentEncoded edXMLHeader edXMLBody MessageHeader TraceHeaderList
    From To OrganId OrganName Timestamp DocumentId Code CodeNumber CodeNotation PromulgationInfo Place PromulgationDate
    DocumentType Type TypeName Subject SignerInfo FullName OtherInfo TraceHeader Bussiness ContentId AttachmentName
    ContentType ContentTransferEncoded);

# Elements of a tree, in the namespace of the document.
sub elements {
    my ($tree) = @_;
    my @made;
    for my $name (sort { ($place{$a} // 99) <=> ($place{$b} // 99) } keys %{$tree}) {
        for my $value (list($tree->{$name})) {
            push @made, SOAP::Data->name("q102:$name")->value(
                ref $value ? \SOAP::Data->value(elements($value)) : SOAP::Utils::encode_data($value));
        }
    }
    return @made;
}

sub children { my @elements = @_; return \SOAP::Data->value(@elements) }

sub client_of {
    my ($who) = @_;
    return connect_gateway(@{$job}{qw(address ca)}, @{$who}{qw(organId token)}, $job->{soap});
}

my $sender = client_of($job->{sender});
my $recipient = client_of($job->{recipient});
my $send = $job->{carrier} eq 'swa' ? \&send_attached : \&send_package;
my $sent = { MessageId => 'no package was sent', DocumentId => 'no package was sent' };

step(ping => sub {
    my $pong = call($sender, 'Ping', element(Echo => $job->{echo}));
    return { echo => $pong->{Echo}, organId => $pong->{OrganId} };
});
step(sendPackage => sub {
    $sent = $send->($sender, decode_base64($job->{package}));
    return {
        messageId => $sent->{MessageId},
        duplicate => truth($sent->{Duplicate}),
        contentDigest => $sent->{ContentDigest},
        recipients => [ map { $_->{OrganId} } list($sent->{Delivery}) ],
        receipt => $sent->{Receipt},
    };
});
step(sendDocument => sub {
    my $document = SOAP::Data->name('q102:edXML')->value(children(elements($job->{document})))
        ->attr({ 'xmlns:q102' => 'http://www.mic.gov.vn/TBT/QCVN_102_2016' });
    my $inline = call($sender, 'SendDocument', $document);
    return { messageId => $inline->{MessageId}, documentId => $inline->{DocumentId} };
});
step(listPending => sub {
    my $page = call($recipient, 'ListPending', element(MaxItems => 1000), element(Kind => 'document'));
    return [ map { $_->{MessageId} } list($page->{Item}) ];
});
step(getPackage => sub {
    my $got = call($recipient, 'GetPackage', element(MessageId => $sent->{MessageId}));
    return { kind => $got->{Kind}, sha256 => sha256_hex(decode_base64($got->{Package})) };
});
step(confirm => sub {
    my @request = (element(MessageId => $sent->{MessageId}), element(Outcome => 'done'));
    my $confirmed = call($recipient, 'ConfirmReceived', @request);
    return { messageId => $confirmed->{MessageId}, outcome => $confirmed->{Outcome} };
});
step(sendStatus => sub {
    my %about = (%{ $job->{responseFor} }, DocumentId => $sent->{DocumentId});
    my @about = map { element($_ => $about{$_}) } qw(OrganId Code DocumentId PromulgationDate);
    my $status = call($recipient, 'SendStatus', element(ResponseFor => children(@about)),
        element(StatusCode => '03'), element(Description => $job->{echo}));
    return { messageId => $status->{MessageId}, duplicate => truth($status->{Duplicate}) };
});
step(traces => sub {
    my $page = call($sender, 'GetTraces', element(MessageId => $sent->{MessageId}));
    return [ map { {
        state => $_->{State},
        statuses => [ map { $_->{StatusCode} } list($_->{Status}) ],
        description => [ map { $_->{Description} } list($_->{Status}) ],
    } } list($page->{Trace}) ];
});
step(organizations => sub {
    my $page = call($sender, 'GetOrganizations', element(MaxItems => 1000));
    return [ map { $_->{OrganId} } list($page->{Organization}) ];
});
step(fault => sub {
    return undef if eval { call($sender, 'GetPackage', element(MessageId => $sent->{MessageId})); 1 };
    my ($text, $detail) = ref $@ ? refusal($@) : die $@;
    return {
        text => $text,
        code => $detail->{Code},
        correlationId => $detail->{CorrelationId},
        temporary => truth($detail->{Temporary}),
        issues => [ map { [ @{$_}{qw(Code Text TextVi Hint)} ] } list($detail->{Issue}) ],
    };
});
step(large => sub {
    my $large = $send->($sender, $large_package);
    my $file = "$folder/large-$$";
    take($recipient, $large->{MessageId}, $file);
    my $digest = Digest::SHA->new(256)->addfile($file, 'b')->hexdigest;
    unlink $file;
    return { contentDigest => $large->{ContentDigest}, sha256 => $digest };
});

print encode_json(\%report);
