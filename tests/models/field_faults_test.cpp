// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever type a field has that a snapshot is made of: nothing breaks, and where it cannot have that type one finding says so by its
// path.  Each sample holds every field that its kind's reader reads.
#include "edge/value.h"
#include "models/analysis/findings.h"
#include "models/resources/field_faults.h"
#include "models/resources/field_rules.h"
#include "tests/models/field_samples.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

#include <functional>

using namespace Qt::StringLiterals;
using edge::Value;

namespace {

// Whose type decides which rules there are, or whom a finding is about.
bool isIdentity(const QString &path)
{
    return path == "apiVersion"_L1 || path == "kind"_L1 || path == "metadata.name"_L1;
}

// By the API server's own types: a number or a text (IntOrString).
bool isNumberOrText(const QString &path)
{
    return path.endsWith(".targetPort"_L1) || path.endsWith(".servicePort"_L1)
        || path.endsWith("httpGet.port"_L1) || path.endsWith("tcpSocket.port"_L1)
        || (path.startsWith("spec.ingress["_L1) && path.endsWith(".port"_L1));
}

bool isIstiosPort(const QString &path) // whose target is a number alone
{
    return path.startsWith("spec.ports["_L1) && path.endsWith(".targetPort"_L1);
}

bool isTyped(const Value &value, Value::Type type) { return value.type() == type; }

QList<Value> otherTypes(const Value &instead, const QString &kind, const QString &path)
{
    const bool both = isNumberOrText(path) && !(kind == "ServiceEntry"_L1 && isIstiosPort(path));
    QList<Value> all;
    for (const Value &value : {Value(true), Value(7), Value("text"), Value::array({Value(1)}),
                               Value::object({{"a", Value("b")}})}) {
        const bool isAllowed =
            isTyped(value, instead.type()) || (both && (value.isNumber() || value.isString()));
        if (!isAllowed)
            all.append(value);
    }
    if (instead.isNumber())
        all.append(Value::number("1.5"));
    return all;
}

using Seen = std::function<void(Value &, const QString &)>;
// Every value below value but itself, with its path.
void forEachBelow(Value &value, const QString &path, const Seen &seen)
{
    if (value.isArray()) {
        for (std::size_t i = 0; i < value.items().size(); ++i) {
            const QString place = u"%1[%2]"_s.arg(path).arg(i);
            seen(value.mutableItems()[i], place);
            forEachBelow(value.mutableItems()[i], place, seen);
        }
        return;
    }
    QStringList keys;
    for (const auto &[key, member] : value.members())
        keys.append(QString::fromStdString(key));
    for (const QString &key : keys) {
        const QString place = path.isEmpty() ? key : path + u'.' + key;
        seen(value.child(key.toStdString()), place);
        forEachBelow(value.child(key.toStdString()), place, seen);
    }
}

void addMissing(const Value &sample, const models::FieldRule &rule, const QString &path, QStringList &missing)
{
    if (sample.isNull())
        return missing.append(path);
    for (const models::FieldRule &child : rule.children) {
        const Value *place = child.key == "[]" ? (sample.items().empty() ? nullptr : &sample.items().front())
            : child.key == "*" ? (sample.members().empty() ? nullptr : &sample.members().front().second)
                               : sample.find(child.key);
        addMissing(place ? *place : Value(), child, path + u'.' + QString::fromStdString(child.key), missing);
    }
}

Value sampleOf(const FieldSample &sample)
{
    return *edge::parseJson(sample.objects().first().json.toStdString());
}

models::SnapshotInput inputWith(const FieldSample &sample, const Value &object)
{
    models::SnapshotInput input = sample.input();
    kube::Object &given = input.objects[sample.plural].last();
    given.json = QByteArray::fromStdString(edge::toJson(object));
    return input;
}

QStringList faultsOf(const models::SnapshotInput &input)
{
    QStringList places;
    const auto snapshot = models::makeSnapshot(input);
    for (const models::Finding &fault : snapshot->fieldFaults)
        places.append(fault.subject.text() + u' ' + fault.path);
    return places;
}

} // namespace

class FieldFaultsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aPortIsOneOf65535_data()
    {
        QTest::addColumn<QByteArray>("object");
        QTest::addColumn<QString>("path"); // of the fault, "" there is none
        const QByteArray service =
            "{\"apiVersion\": \"v1\", \"kind\": \"Service\", \"metadata\": {\"name\": \"s\"}, "
            "\"spec\": {\"ports\": [{\"port\": PORT, \"targetPort\": TARGET}]}}";
        const QByteArray pod =
            "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"p\"}, "
            "\"spec\": {\"containers\": [{\"name\": \"c\", \"ports\": [{\"containerPort\": PORT}]}]}}";
        const auto row = [](const char *name, QByteArray object, const QByteArray &port,
                            const QByteArray &target, const QString &path) {
            QTest::newRow(name) << object.replace("PORT", port).replace("TARGET", target) << path;
        };
        row("the highest", service, "65535", "65535", {});
        row("a name", service, "1", "\"http\"", {});
        row("beyond", service, "99999", "80", u"spec.ports[0].port"_s);
        row("none", service, "0", "80", u"spec.ports[0].port"_s);
        row("below", service, "-1", "80", u"spec.ports[0].port"_s);
        row("a target beyond", service, "80", "65536", u"spec.ports[0].targetPort"_s);
        row("a container's", pod, "8080", "", {});
        row("a container's beyond", pod, "99999", "", u"spec.containers[0].ports[0].containerPort"_s);
    }
    void aPortIsOneOf65535()
    {
        QFETCH(QByteArray, object);
        QFETCH(QString, path);
        const auto faults = models::fieldFaults(*edge::parseJson(object.toStdString()));
        QCOMPARE(faults.size(), path.isEmpty() ? 0 : 1);
        if (!path.isEmpty()) {
            QCOMPARE(faults.first().path, path);
            QVERIFY2(faults.first().message.contains("1 to 65535"_L1), qPrintable(faults.first().message));
        }
    }

    void everyFieldOfAWrongTypeIsNamed_data()
    {
        QTest::addColumn<int>("number");
        const QList<FieldSample> samples = fieldSamples();
        for (qsizetype i = 0; i < samples.size(); ++i)
            QTest::newRow(samples[i].name.constData()) << int(i);
    }
    void everyFieldOfAWrongTypeIsNamed()
    {
        QFETCH(int, number);
        const FieldSample sample = fieldSamples().at(number);
        const Value sound = sampleOf(sample);
        QCOMPARE(faultsOf(inputWith(sample, sound)), QStringList());
        const QString kind = QString::fromStdString(sound["kind"].text());
        const models::ObjectRef ref{kind, QString::fromStdString(sound.at({"metadata", "namespace"}).text()),
                                    QString::fromStdString(sound.at({"metadata", "name"}).text())};
        Value spoilt = sound;
        int judged = 0;
        forEachBelow(spoilt, {}, [&](Value &place, const QString &path) {
            if (isIdentity(path) || path == "metadata"_L1)
                return;
            const Value before = place;
            for (const Value &wrong : otherTypes(before, kind, path)) {
                place = wrong;
                models::ObjectRef subject = ref;
                if (path == "metadata.namespace"_L1)
                    subject.nameSpace = QString::fromStdString(wrong.text());
                const QStringList found = faultsOf(inputWith(sample, spoilt));
                QVERIFY2(found == QStringList{subject.text() + u' ' + path},
                         qPrintable(u"%1 = %2: %3"_s.arg(path, QString::fromStdString(edge::toJson(wrong)),
                                                         found.join(u", "_s))));
                ++judged;
            }
            place = before;
        });
        QVERIFY(judged > 0);
    }

    // Who adds a rule shows it here.
    void samplesHoldEveryFieldThatIsJudged_data() { everyFieldOfAWrongTypeIsNamed_data(); }
    void samplesHoldEveryFieldThatIsJudged()
    {
        QFETCH(int, number);
        const Value sound = sampleOf(fieldSamples().at(number));
        const models::KindRules *rules = models::rulesOf(sound);
        QVERIFY(rules);
        QStringList missing;
        addMissing(sound, rules->root, {}, missing);
        if (sound.at({"metadata", "namespace"}).isNull())
            missing.removeAll(u".metadata.namespace"_s); // of a kind that is in none
        QCOMPARE(missing, QStringList());
    }

    void wordsNameTheFieldAndWhatItMustBe_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QString>("said");
        const auto object = [](const QByteArray &version, const QByteArray &kind, const QByteArray &rest) {
            return QByteArray("apiVersion: " + version + "\nkind: " + kind
                              + "\nmetadata: {name: z, namespace: default}\n" + rest + "\n");
        };
        QTest::newRow("containers that are no list")
            << object("apps/v1", "Deployment", "spec: {template: {spec: {containers: {a: b}}}}")
            << u"spec.template.spec.containers is an object, and must be a list: the API server refuses the object"_s;
        QTest::newRow("a template that is a list")
            << object("batch/v1", "CronJob", "spec: {schedule: '* * * * *', jobTemplate: [1]}")
            << u"spec.jobTemplate is [1], and must be an object: the API server refuses the object"_s;
        QTest::newRow("a port as a text")
            << object("v1", "Service", "spec: {ports: [{port: '80'}]}")
            << u"spec.ports[0].port is \"80\", and must be a whole number: the API server refuses the object"_s;
        QTest::newRow("a label that is a number")
            << QByteArray(
                   "apiVersion: v1\nkind: Namespace\nmetadata: {name: z, labels: {istio.io/rev: 1.21}}\n")
            << u"metadata.labels.istio.io/rev is 1.21, and must be a text: the API server refuses the object"_s;
        QTest::newRow("a variable that is a number is not shown: it may be a secret")
            << object("apps/v1", "Deployment",
                      "spec: {template: {spec: {containers: [{name: a, env: [{name: PIN, value: 1234}]}]}}}")
            << u"spec.template.spec.containers[0].env[0].value is a number, and must be a text: the API "
               u"server "
               "refuses the object"_s;
        QTest::newRow("nor a Secret's")
            << object("v1", "Secret", "stringData: {pin: 1234}")
            << u"stringData.pin is a number, and must be a text: the API server refuses the object"_s;
        QTest::newRow("nor anything that such may be below")
            << object("v1", "Secret", "data: [1234]")
            << u"data is a list, and must be an object: the API server refuses the object"_s;
        QTest::newRow("the mesh's own configuration")
            << QByteArray(
                   "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\n"
                   "data: {mesh: 'enableAutoMtls: maybe'}\n")
            << u"data.mesh.enableAutoMtls is \"maybe\", and must be true or false: istiod does not take this "
               "configuration of the mesh"_s;
        QTest::newRow("the mesh's own configuration, a revision's, that is no object")
            << QByteArray(
                   "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio-1-21, namespace: istio-system}\n"
                   "data: {mesh: 'trustDomain'}\n")
            << u"data.mesh is \"trustDomain\", and must be an object: istiod does not take this "
               u"configuration of "
               "the mesh"_s;
    }
    void wordsNameTheFieldAndWhatItMustBe()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(QString, said);
        const auto snapshot = snapshotOf(yaml);
        QStringList all;
        for (const models::Finding &fault : snapshot->fieldFaults) {
            QCOMPARE(fault.code, u"MT-025"_s);
            QCOMPARE(fault.severity, models::Severity::Error);
            all.append(fault.message);
        }
        QCOMPARE(all.join(u'\n'), said);
    }

    void aMeshConfigurationThatIsNoYamlIsSaid()
    {
        const auto snapshot =
            snapshotOf("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: "
                       "istio-system}\ndata: {mesh: 'a: [b'}\n");
        QCOMPARE(snapshot->fieldFaults.size(), 1);
        QCOMPARE(snapshot->fieldFaults.first().path, u"data.mesh"_s);
    }

    // What a NetworkPolicy or a CronJob may have meant is not guessed.
    void anObjectThatIsRefusedCountsForNothing()
    {
        const QByteArray policy =
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: z, "
            "namespace: default}\nspec: {podSelector: {matchLabels: [app]}}\n";
        QCOMPARE(snapshotOf(policy)->networkPolicies.size(), 0);
        const QByteArray job =
            "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: z, namespace: default}\nspec: "
            "{schedule: '* * * * *', jobTemplate: [1]}\n";
        QCOMPARE(snapshotOf(job)->cronJobs.size(), 0);
    }
};

SALLYPORT_TEST(field_faults_test, FieldFaultsTest)
#include "field_faults_test.moc"
