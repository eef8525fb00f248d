# The jars of SAAJ in Debian; the JDK has none since Java 11.
SAAJ=
for jar in javax.xml.soap-api saaj-impl stax-ex mimepull javax.activation; do
  SAAJ="$SAAJ:/usr/share/java/$jar.jar"
done
