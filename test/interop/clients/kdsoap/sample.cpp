// Sends a package, takes what waits: sample ENDPOINT CA.pem ORGAN_ID TOKEN_FILE [PACKAGE.edxml]
#include <QtCore>
#include <QtNetwork>
#include <KDSoapClient/KDSoapMessage.h>
#include "edxgate.h"

static QByteArray contentOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) qFatal("cannot read %s", qPrintable(path));
    return file.readAll();
}

static void keep(const QString &path, const QByteArray &bytes)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) < 0 || !file.commit())
        qFatal("cannot write %s", qPrintable(path));
}

static void connectTo(EdxGateway &gateway, const QString &endPoint, const QString &ca,
                      const QString &organId, const QString &token)
{
    gateway.setEndPoint(endPoint);
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setCaCertificates(QSslCertificate::fromPath(ca)); // this authority, no other
    KDSoapClientInterface *client = gateway.clientInterface();
    client->setSslConfiguration(tls); // never ignoreSslErrors()
    // With the first request; setAuthentication() would send every package twice.
    const QByteArray basic = (organId + ':' + token).toUtf8().toBase64();
    client->setRawHTTPHeaders({{"Authorization", "Basic " + basic}});
    client->setTimeout(120000);
    // Generated from ?wsdl=1.2 as well: gateway.setSoapVersion(KDSoapClientInterface::SOAP1_2);
}

struct Refused { KDSoapMessage fault; };

// The job of an operation: its reply holds the detail of a fault, which the blocking calls lose.
template <typename Job, typename Parameters>
static auto call(EdxGateway &gateway, const Parameters &parameters)
{
    Job job(&gateway);
    job.setAutoDelete(false);
    job.setParameters(parameters);
    QEventLoop loop;
    QObject::connect(&job, &KDSoapJob::finished, &loop, &QEventLoop::quit);
    job.start();
    loop.exec();
    if (job.isFault()) throw Refused{job.reply()};
    return job.resultParameters();
}

// Of the GatewayFault: Code, CorrelationId, Temporary, RetryAfterSeconds, Issue. Untyped.
static KDSoapValueList detailOf(const Refused &refused)
{
    const KDSoapValueList parts = refused.fault.childValues();
    const KDSoapValue detail = parts.child("detail").isNull() ? parts.child("Detail") : parts.child("detail");
    return detail.childValues().child("GatewayFault").childValues();
}

static QString text(const KDSoapValueList &parts, const char *name)
{
    return parts.child(name).value().toString();
}

static void exchange(EdxGateway &gateway, const QStringList &files)
{
    for (const QString &file : files) {
        TNS__SendPackage package;
        package.setPackage(contentOf(file));
        const TNS__SendResult sent = call<SendPackageJob>(gateway, package).sendResult();
        keep(file + ".receipt.xml", sent.receipt()); // your proof
        qInfo("sent %s", qPrintable(sent.messageId()));
    }
    const TNS__PendingPage page = call<ListPendingJob>(gateway, TNS__ListPending()).pendingPage();
    for (const TNS__PendingItem &item : page.item()) {
        TNS__GetPackage wanted;
        wanted.setMessageId(item.messageId());
        keep(item.messageId() + ".edxml",
             call<GetPackageJob>(gateway, wanted).packageContent().package());
        TNS__ConfirmReceived taken; // only now that the bytes are on disk
        taken.setMessageId(item.messageId());
        taken.setOutcome(TNS__Outcome::Done);
        call<ConfirmReceivedJob>(gateway, taken);
        qInfo("received %s", qPrintable(item.messageId()));
    }
}

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList args = app.arguments();
    EdxGateway gateway;
    connectTo(gateway, args[1], args[2], args[3], QString::fromUtf8(contentOf(args[4])).trimmed());
    try {
        exchange(gateway, args.mid(5));
    } catch (const Refused &refused) {
        const KDSoapValueList detail = detailOf(refused);
        if (detail.isEmpty()) qFatal("%s", qPrintable(refused.fault.faultAsString())); // network, TLS
        const char *again = text(detail, "Temporary") == "true" ? "try again" : "final";
        qInfo("%s %s %s", qPrintable(text(detail, "Code")), qPrintable(text(detail, "CorrelationId")), again);
        for (const KDSoapValue &one : detail) {
            const KDSoapValueList issue = one.childValues();
            if (one.name() == "Issue")
                qInfo("  %s at %s: %s", qPrintable(text(issue, "Code")),
                      qPrintable(text(issue, "Path")), qPrintable(text(issue, "Text")));
        }
        return 1;
    }
    return 0;
}
