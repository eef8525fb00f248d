# The jars of Axis 1.4 in Debian; javax.mail and javax.activation are for attachments.
AXIS=
for jar in axis axis-jaxrpc axis-saaj wsdl4j commons-discovery commons-logging javax.mail javax.activation; do
  AXIS="$AXIS:/usr/share/java/$jar.jar"
done
