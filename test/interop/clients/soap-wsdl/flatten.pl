#!/usr/bin/perl
# flatten.pl WSDL_URL FOLDER: fetches the WSDL and its schemas into FOLDER in a form that wsdl2perl can read.
#
# SOAP::WSDL does not know xs:include, xs:attributeGroup, xs:group, xs:any and xs:anyAttribute. Included files are
# merged into the including one; the others are left out: in this contract they are the optional Id attributes
# and the place of a signature, which a typed client does not write.
use strict;
use warnings;
use LWP::UserAgent;
use URI;
use XML::LibXML;

my ($wsdl_url, $folder) = @ARGV;
my $agent = LWP::UserAgent->new;
my $paths = XML::LibXML::XPathContext->new;
$paths->registerNs(xs => 'http://www.w3.org/2001/XMLSchema');
my $unknown = '//xs:attributeGroup | //xs:group | //xs:any | //xs:anyAttribute';
my %written;

sub fetch {
    my ($url) = @_;
    my $answer = $agent->get($url);
    die "$url: ", $answer->status_line, "\n" unless $answer->is_success;
    return XML::LibXML->load_xml(string => $answer->content);
}

# Puts the children of an included schema in the place of the xs:include.
sub merge_includes {
    my ($document, $url) = @_;
    while (my ($include) = $paths->findnodes('//xs:include[1]', $document)) {
        my $part_url = URI->new_abs($include->getAttribute('schemaLocation'), $url);
        for my $child (fetch($part_url)->documentElement->childNodes) {
            $include->parentNode->insertBefore($document->importNode($child), $include);
        }
        $include->unbindNode;
    }
    return;
}

sub file_name { my ($url) = @_; return $url =~ m{([\w.-]+)$} ? $1 : die "$url has no name\n" }

sub write_flat {
    my ($url, $name) = @_;
    return if $written{$name}++;
    my $document = fetch($url);
    merge_includes($document, $url);
    $_->unbindNode for $paths->findnodes($unknown, $document);
    for my $import ($paths->findnodes('//xs:import', $document)) {
        my $target = URI->new_abs($import->getAttribute('schemaLocation'), $url);
        $import->setAttribute(schemaLocation => file_name($target));
        write_flat($target, file_name($target));
    }
    $document->toFile("$folder/$name") or die "$folder/$name was not written\n";
    return;
}

write_flat($wsdl_url, 'edxgate.wsdl');
