// The job of test/interop/README.md with KDSoap, on top of the sample. Its typed classes come from the served WSDL.
#define main sampleMain
#include "sample.cpp"
#undef main
#include <functional>

using Tree = QJsonObject;

static QString text(const QJsonValue &value, const QString &name)
{
    return value.toObject().value(name).toString();
}

static QString sha256(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

static QByteArray bytesOf(const QJsonValue &base64)
{
    return QByteArray::fromBase64(base64.toString().toLatin1());
}

// The names of the enumerations as the wire writes them; the generated classes keep them to themselves.
template <typename Enumeration>
static QString nameOf(const Enumeration &value)
{
    return value.serialize("x").value().toString();
}

static EDXML__Organization organization(const QJsonValue &from)
{
    EDXML__Organization made;
    made.setOrganId(text(from, "OrganId"));
    made.setOrganName(text(from, "OrganName"));
    return made;
}

static EDXML__DocumentHeader messageHeader(const Tree &from)
{
    EDXML__DocumentHeader made;
    made.setFrom(organization(from["From"]));
    made.setTo({organization(from["To"].toArray()[0])});
    made.setDocumentId(from["DocumentId"].toString());
    EDXML__DocumentCode code;
    code.setCodeNumber(text(from["Code"], "CodeNumber"));
    code.setCodeNotation(text(from["Code"], "CodeNotation"));
    made.setCode(code);
    EDXML__PromulgationInfo promulgation;
    promulgation.setPlace(text(from["PromulgationInfo"], "Place"));
    promulgation.setPromulgationDate(text(from["PromulgationInfo"], "PromulgationDate"));
    made.setPromulgationInfo(promulgation);
    EDXML__DocumentType type;
    type.setType(text(from["DocumentType"], "Type").toInt());
    type.setTypeName(text(from["DocumentType"], "TypeName"));
    made.setDocumentType(type);
    made.setSubject(from["Subject"].toString());
    EDXML__SignerInfo signer;
    signer.setFullName(text(from["SignerInfo"], "FullName"));
    made.setSignerInfo(signer);
    EDXML__OtherInfo other;
    other.setPriority(EDXML__Priority::Type(text(from["OtherInfo"], "Priority").toInt()));
    made.setOtherInfo(other);
    return made;
}

static EDXML__TraceHeaderList traceHeaders(const Tree &from)
{
    EDXML__TraceHeaderList made;
    EDXML__TraceHeader hop;
    hop.setOrganId(text(from["TraceHeader"].toArray()[0], "OrganId"));
    hop.setTimestamp(text(from["TraceHeader"].toArray()[0], "Timestamp"));
    made.setTraceHeader({hop});
    EDXML__Bussiness business;
    business.setBussinessDocType(EDXML__BussinessDocType::_0);
    made.setBussiness(business);
    return made;
}

static EDXML__DocumentPackage document(const Tree &from)
{
    const Tree envelope = from["edXMLEnvelope"].toObject();
    const Tree header = envelope["edXMLHeader"].toObject();
    EDXML__DocumentEnvelopeHeader headers;
    headers.setMessageHeader(messageHeader(header["MessageHeader"].toObject()));
    headers.setTraceHeaderList(traceHeaders(header["TraceHeaderList"].toObject()));
    const QJsonValue named = envelope["edXMLBody"].toObject()["edXMLManifest"].toObject()["Reference"].toArray()[0];
    EDXML__ManifestReference reference;
    reference.setContentId(text(named, "ContentId"));
    reference.setContentType(text(named, "ContentType"));
    reference.setAttachmentName(text(named, "AttachmentName"));
    EDXML__Manifest manifest;
    manifest.setReference({reference});
    EDXML__Body body;
    body.setEdXMLManifest(manifest);
    EDXML__DocumentEnvelope enveloped;
    enveloped.setEdXMLHeader(headers);
    enveloped.setEdXMLBody(body);
    const QJsonValue file = from["AttachmentEncoded"].toObject()["Attachment"].toArray()[0];
    EDXML__Attachment attachment;
    attachment.setContentId(text(file, "ContentId"));
    attachment.setAttachmentName(text(file, "AttachmentName"));
    attachment.setContentType(text(file, "ContentType"));
    attachment.setContentTransferEncoded(bytesOf(file.toObject()["ContentTransferEncoded"]));
    EDXML__AttachmentEncoded attachments;
    attachments.setAttachment({attachment});
    EDXML__DocumentPackage made;
    made.setEdXMLEnvelope(enveloped);
    made.setAttachmentEncoded(attachments);
    return made;
}

class Steps
{
public:
    explicit Steps(const Tree &job) : job(job)
    {
        open(sender, job["sender"]);
        open(recipient, job["recipient"]);
    }

    QJsonValue ping()
    {
        TNS__Ping asked;
        asked.setEcho(job["echo"].toString());
        const TNS__Pong pong = call<PingJob>(sender, asked).pong();
        return Tree{{"echo", pong.echo()}, {"organId", pong.organId()}};
    }

    QJsonValue sendPackage()
    {
        sent = send(job["package"]);
        QJsonArray recipients;
        for (const TNS__RecipientDelivery &one : sent.delivery()) recipients.append(one.organId());
        return Tree{{"messageId", sent.messageId()},
                    {"duplicate", sent.duplicate()},
                    {"contentDigest", sent.contentDigest().value()},
                    {"recipients", recipients},
                    {"receipt", QString(sent.receipt().toBase64())}};
    }

    QJsonValue sendDocument()
    {
        TNS__SendDocument asked;
        asked.setEdXML(document(job["document"].toObject()));
        const TNS__SendResult result = call<SendDocumentJob>(sender, asked).sendResult();
        return Tree{{"messageId", result.messageId()}, {"documentId", result.documentId()}};
    }

    QJsonValue listPending()
    {
        TNS__ListPending asked;
        asked.setMaxItems(1000);
        asked.setKind(TNS__Kind::Document);
        QJsonArray ids;
        for (const TNS__PendingItem &one : call<ListPendingJob>(recipient, asked).pendingPage().item())
            ids.append(one.messageId());
        return ids;
    }

    QJsonValue getPackage()
    {
        const TNS__PackageContent got = get(recipient, sent.messageId());
        return Tree{{"kind", nameOf(got.kind())}, {"sha256", sha256(got.package())}};
    }

    QJsonValue confirm()
    {
        TNS__ConfirmReceived asked;
        asked.setMessageId(sent.messageId());
        asked.setOutcome(TNS__Outcome::Done);
        const TNS__Confirmation done = call<ConfirmReceivedJob>(recipient, asked).confirmation();
        return Tree{{"messageId", done.messageId()}, {"outcome", nameOf(done.outcome())}};
    }

    QJsonValue sendStatus()
    {
        TNS__StatusResponseFor responseFor;
        responseFor.setOrganId(text(job["responseFor"], "OrganId"));
        responseFor.setCode(text(job["responseFor"], "Code"));
        responseFor.setDocumentId(sent.documentId());
        responseFor.setPromulgationDate(text(job["responseFor"], "PromulgationDate"));
        TNS__SendStatus asked;
        asked.setResponseFor(responseFor);
        asked.setStatusCode(EDXML__StatusCode::_03);
        asked.setDescription(job["echo"].toString());
        const TNS__SendResult result = call<SendStatusJob>(recipient, asked).sendResult();
        return Tree{{"messageId", result.messageId()}, {"duplicate", result.duplicate()}};
    }

    QJsonValue traces()
    {
        TNS__GetTraces asked;
        asked.setMessageId(sent.messageId());
        QJsonArray traces;
        for (const TNS__DeliveryTrace &one : call<GetTracesJob>(sender, asked).tracePage().trace()) {
            QJsonArray statuses, descriptions;
            for (const TNS__TraceStatus &status : one.status()) {
                statuses.append(nameOf(status.statusCode()));
                descriptions.append(status.description());
            }
            traces.append(Tree{{"state", nameOf(one.state())},
                               {"statuses", statuses},
                               {"description", descriptions}});
        }
        return traces;
    }

    QJsonValue organizations()
    {
        TNS__GetOrganizations asked;
        asked.setMaxItems(1000);
        QJsonArray ids;
        for (const TNS__DirectoryOrganization &one :
             call<GetOrganizationsJob>(sender, asked).organizationPage().organization())
            ids.append(one.organId());
        return ids;
    }

    QJsonValue fault()
    {
        try {
            get(sender, sent.messageId());
            return QJsonValue::Null;
        } catch (const Refused &refused) {
            const KDSoapValueList detail = detailOf(refused);
            QJsonArray issues;
            for (const KDSoapValue &one : detail) {
                if (one.name() != "Issue") continue;
                QJsonArray issue;
                for (const char *name : {"Code", "Text", "TextVi", "Hint"})
                    issue.append(text(one.childValues(), name));
                issues.append(issue);
            }
            return Tree{{"text", faultString(refused)},
                        {"code", text(detail, "Code")},
                        {"correlationId", text(detail, "CorrelationId")},
                        {"temporary", text(detail, "Temporary") == "true"},
                        {"issues", issues}};
        }
    }

    QJsonValue large()
    {
        const TNS__SendResult result = send(job["largePackage"]);
        const TNS__PackageContent got = get(recipient, result.messageId());
        return Tree{{"contentDigest", result.contentDigest().value()}, {"sha256", sha256(got.package())}};
    }

private:
    Tree job;
    EdxGateway sender, recipient;
    TNS__SendResult sent;

    void open(EdxGateway &gateway, const QJsonValue &caller)
    {
        connectTo(gateway, job["address"].toString(), job["ca"].toString(), text(caller, "organId"), text(caller, "token"));
        if (job["soap"].toString() == "1.2") gateway.setSoapVersion(KDSoapClientInterface::SOAP1_2);
    }

    TNS__SendResult send(const QJsonValue &base64)
    {
        TNS__SendPackage asked;
        asked.setPackage(bytesOf(base64));
        return call<SendPackageJob>(sender, asked).sendResult();
    }

    TNS__PackageContent get(EdxGateway &by, const QString &messageId)
    {
        TNS__GetPackage asked;
        asked.setMessageId(messageId);
        return call<GetPackageJob>(by, asked).packageContent();
    }

    // SOAP 1.2: two Reason/Text, English first.
    static QString faultString(const Refused &refused)
    {
        const KDSoapValueList parts = refused.fault.childValues();
        const KDSoapValue old = parts.child("faultstring");
        if (!old.isNull()) return old.value().toString();
        return text(parts.child("Reason").childValues(), "Text");
    }
};

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QFile input;
    input.open(stdin, QIODevice::ReadOnly);
    Steps steps(QJsonDocument::fromJson(input.readAll()).object());
    const QVector<QPair<QString, std::function<QJsonValue()>>> order{
        {"ping", [&] { return steps.ping(); }},
        {"sendPackage", [&] { return steps.sendPackage(); }},
        {"sendDocument", [&] { return steps.sendDocument(); }},
        {"listPending", [&] { return steps.listPending(); }},
        {"getPackage", [&] { return steps.getPackage(); }},
        {"confirm", [&] { return steps.confirm(); }},
        {"sendStatus", [&] { return steps.sendStatus(); }},
        {"traces", [&] { return steps.traces(); }},
        {"organizations", [&] { return steps.organizations(); }},
        {"fault", [&] { return steps.fault(); }},
        {"large", [&] { return steps.large(); }},
    };
    Tree report;
    for (const auto &step : order) {
        try {
            report[step.first] = step.second();
        } catch (const Refused &refused) {
            report[step.first] = Tree{{"failed", refused.fault.faultAsString()}};
        }
    }
    QTextStream(stdout) << QJsonDocument(report).toJson(QJsonDocument::Compact);
}
