# ruby generate.rb WSDL_URL: classes and driver of soap4r in the current folder, as wsdl2ruby.rb --type client makes them.
# The wsdl2ruby.rb of the package needs Logger::Application, which Ruby no longer has; this calls the generator itself.
require 'logger'
require 'wsdl/soap/wsdl2ruby'

generator = WSDL::SOAP::WSDL2Ruby.new
generator.location = ARGV.fetch(0)
generator.logger = Logger.new($stderr, level: Logger::WARN)
generator.basedir = Dir.pwd
generator.opt.update(
  'classdef' => nil, 'mapping_registry' => nil, 'driver' => nil,
  'module_path' => 'EdxGate', 'force' => true
)
generator.run
