// SPDX-License-Identifier: GPL-3.0-or-later
// sallyportctl get --column beside kubectl -o jsonpath, on an object whose names and words are hard to read.
#include "tests/app/demo_child.h"
#include "tests/support/foreign_kubectl.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const char Definition[] =
    "apiVersion: apiextensions.k8s.io/v1\n"
    "kind: CustomResourceDefinition\n"
    "metadata: {name: things.hard.example}\n"
    "spec:\n"
    "  group: hard.example\n"
    "  scope: Namespaced\n"
    "  names: {plural: things, singular: thing, kind: Thing, listKind: ThingList}\n"
    "  versions:\n"
    "  - name: v1\n"
    "    served: true\n"
    "    storage: true\n"
    "    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}\n";

const char Thing[] = "apiVersion: hard.example/v1\n"
                     "kind: Thing\n"
                     "metadata: {name: t, namespace: default}\n"
                     "spec:\n"
                     "  list:\n"
                     "  - {num: 1, f: 0.5, b: true, \"5\": 7, t: \"a}b\", u: \"a:b\", v: \"x]y\", w: "
                     "\"p)q\", q: \"it's\", s: \"a b\", e: \"}\"}\n"
                     "  - {num: 2, f: 1.5, b: false, \"5\": 8, t: \"c{d\", u: \"c,d\", v: \"==\", w: \"(\", "
                     "q: 'say \"hi\"', s: \"c d\", e: \"{\"}\n"
                     "  \"5\": five\n"
                     "  \"0\": zero\n"
                     "  \".5\": dotfive\n"
                     "  \"a:b\": colon\n"
                     "  \"a}b\": brace\n"
                     "  \"a=b\": equals\n"
                     "  \"a b\": space\n"
                     "  \"-1\": minus\n"
                     "  five: {\"5\": nested}\n";

const char *const Filters[] = {"@.t==\"a}b\"",
                               "@.t==\"c{d\"",
                               "@.t=='a}b'",
                               "@.e==\"}\"",
                               "@.e==\"{\"",
                               "@.u==\"a:b\"",
                               "@.u=='a:b'",
                               "@.u==\"c,d\"",
                               "@.v==\"x]y\"",
                               "@.w==\"p)q\"",
                               "@.w==\"(\"",
                               "@.v==\"==\"",
                               "@.q==\"it's\"",
                               "@.q=='say \"hi\"'",
                               "@.q==\"say \\\"hi\\\"\"",
                               "@.q=='it\\'s'",
                               "@.s==\"a b\"",
                               "\"a}b\"==@.t",
                               "@.num==.5",
                               "@.f==.5",
                               "@.f==0.5",
                               "@.f==+0.5",
                               "@.f==+.5",
                               "@.f>-.5",
                               "@.f<1.",
                               "@.num==+1",
                               "@.num==01",
                               "@.f==5e-1",
                               "@.num==1e0",
                               "@.num==0x1",
                               "@.num==1.0.0",
                               "@.num==-",
                               "@.num==.num",
                               ".num==1",
                               "$.num==1",
                               ".5==7",
                               "@.5==7",
                               "7==@.5",
                               "num==1",
                               "@.num==1 ",
                               "@.num == 1",
                               "@.num=1",
                               "@.num=<1",
                               "@.num===1",
                               "@.b",
                               "@.b==true",
                               "@.b==True",
                               "@['num']==1",
                               "@.num!==1",
                               "@.num<>1",
                               "@.5==.5",
                               "@.5==$.5",
                               "@.f>0",
                               "@.f==00.5",
                               "@.num==1.",
                               "@.none==.5",
                               ".5",
                               "!@.num",
                               "@.num==1&&@.f==0.5"};

// In any order: kubectl walks maps as Go has them, which is at random.
QStringList wordsOf(const QString &text)
{
    QStringList words = text.split(QRegularExpression(u"[\\s,]+"_s), Qt::SkipEmptyParts);
    words.sort();
    return words;
}

} // namespace

class GetColumnsTest : public QObject
{
    Q_OBJECT
    QTemporaryDir m_folder;
    std::unique_ptr<DemoChild> m_demo;

    void apply(const char *text)
    {
        QFile file(m_folder.filePath(u"object.yaml"_s));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) > 0);
        file.close();
        const CliEnded applied = m_demo->run({u"apply"_s, u"--yes"_s, u"-f"_s, file.fileName()}, 60'000);
        QVERIFY2(applied.code == 0, qPrintable(applied.all()));
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = missingKubectl(); !why.isEmpty())
            QSKIP(qPrintable(why));
        m_demo = std::make_unique<DemoChild>();
        QVERIFY2(m_demo->start({u"--history"_s, u"0"_s}), qPrintable(m_demo->error()));
        apply(Definition);
        QTRY_VERIFY(m_demo->run({u"get"_s, u"things"_s}).code == 0);
        apply(Thing);
    }
    void cleanupTestCase() { m_demo.reset(); }

    void pathsLeadWhereKubectlsLead_data()
    {
        QTest::addColumn<QString>("path");
        for (const char *path :
             {".spec.5", ".spec.0", ".spec..5", ".spec.a:b", ".spec['a:b']", ".spec['a\\}b']", ".spec.a\\}b",
              ".spec.a=b", ".spec['a=b']", ".spec.a\\ b", ".spec.-1", ".spec['-1']", ".spec.\\.5",
              ".spec['\\.5']", ".spec.five.5", ".5", ".spec.list[01].num", ".spec.list[*]['num','f']"})
            QTest::newRow(path) << QString::fromLatin1(path);
        for (const char *filter : Filters)
            QTest::newRow(filter) << u".spec.list[?(%1)].num"_s.arg(QLatin1String(filter));
    }

    void pathsLeadWhereKubectlsLead()
    {
        QFETCH(const QString, path);
        QProcess kubectl;
        kubectl.start(foreignKubectl(),
                      {u"--kubeconfig"_s, m_demo->kubeconfig(), u"--cache-dir"_s,
                       m_demo->kubeconfig() + u"-cache"_s, u"get"_s, u"thing"_s, u"t"_s, u"-n"_s,
                       u"default"_s, u"-o"_s, u"jsonpath={"_s + path + u'}'});
        QVERIFY(kubectl.waitForFinished());
        const CliEnded ended = m_demo->run(
            {u"get"_s, u"thing"_s, u"t"_s, u"-n"_s, u"default"_s, u"--column"_s, u"X:{"_s + path + u'}'},
            60'000);
        const QByteArray words = (ended.all() + QString::fromUtf8(kubectl.readAllStandardError())).toUtf8();
        QVERIFY2((ended.code == 0) == (kubectl.exitCode() == 0), words.constData());
        if (ended.code != 0)
            return;
        const QString cell = ended.out.trimmed().section(u'\n', 1).section(u' ', 1).trimmed(); // NAME, X
        QCOMPARE(wordsOf(cell == u"-"_s ? QString() : cell),
                 wordsOf(QString::fromUtf8(kubectl.readAllStandardOutput())));
    }
};

SALLYPORT_TEST(get_columns_test, GetColumnsTest)
#include "get_columns_test.moc"
