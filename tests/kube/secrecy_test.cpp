// SPDX-License-Identifier: GPL-3.0-or-later
// Plants markers where secrets are and looks for them afterwards: in every message at every level, and in this
// process' memory.  The server is another process (python3), so that its own copies are not ours; the markers are
// kept masked here, so that the search does not find itself.
#include "kube/json_framer.h"
#include "kube/line_splitter.h"
#include "kube/reflector.h"
#include "kube/status.h"
#include "kube/wipe.h"
#include "tests/kube/test_authority.h"
#include "tests/support/test_class.h"

#include <QElapsedTimer>
#include <QFile>
#include <QLoggingCategory>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <openssl/crypto.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

using namespace Qt::StringLiterals;
using namespace kube;

namespace {

// Made before main() and so ended after whatever OpenSSL wants done at the program's end, which would meet the last steps of
// threads that have been waited for: it must want nothing.
struct AtTheEnd
{
    ~AtTheEnd()
    {
        if (OPENSSL_init_crypto(0, nullptr) != 1) { // refused from its clean-up on
            std::fputs("OpenSSL has cleaned up before the program's end\n", stderr);
            std::_Exit(1);
        }
    }
} const atTheEnd;

QStringList seenMessages;

void collect(QtMsgType, const QMessageLogContext &, const QString &text) { seenMessages.append(text); }

// The marker that the server plants, masked by one bit.  Short: a parser's kernel that copies 32 bytes at a time
// past a string's end (AVX2) must show it as well as one of 64 (AVX-512).
const QByteArray maskedKey = [] {
    QByteArray marker = QByteArray::number(qint64(QDateTime::currentMSecsSinceEpoch())) + "-pk";
    for (char &c : marker)
        c = char(c ^ 1);
    return marker;
}();

QByteArray unmasked()
{
    QByteArray marker(maskedKey.size(), '\0');
    for (qsizetype i = 0; i < marker.size(); ++i)
        marker[i] = char(maskedKey[i] ^ 1);
    return marker;
}

bool standsAt(const char *place, const QByteArray &masked)
{
    for (qsizetype i = 0; i < masked.size(); ++i) {
        if (place[i] != char(masked[i] ^ 1))
            return false;
    }
    return true;
}

qsizetype occurrences(const QByteArray &bytes, const QByteArray &masked)
{
    qsizetype found = 0;
    for (qsizetype at = 0; at + masked.size() <= bytes.size(); ++at)
        found += standsAt(bytes.constData() + at, masked);
    return found;
}

// What stands around a copy, for the person who has to find its buffer.  Without the copies: this text stays in memory.
QString surroundings(const QByteArray &piece, qsizetype at, const QByteArray &masked,
                     const QByteArray &region)
{
    QByteArray text;
    for (qsizetype i = std::max<qsizetype>(0, at - 80); i < std::min(piece.size(), at + 120); ++i) {
        if (i + masked.size() <= piece.size() && standsAt(piece.constData() + i, masked)) {
            text += "[KEY]";
            i += masked.size() - 1;
        } else {
            text += piece[i] >= ' ' && piece[i] <= '~' ? piece[i] : '.';
        }
    }
    return QString::fromLatin1(text) + u" in "_s + QString::fromLatin1(region.simplified());
}

// In all of this process' writable memory: a line for each copy.
QStringList copiesInMemory(const QByteArray &masked)
{
    QFile maps(u"/proc/self/maps"_s), memory(u"/proc/self/mem"_s);
    if (!maps.open(QIODevice::ReadOnly) || !memory.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return {u"the memory cannot be read"_s};
    QStringList found;
    const QByteArrayList lines = maps.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (!line.contains(" rw") || line.contains("[v"))
            continue;
        const QByteArrayList range = line.left(line.indexOf(' ')).split('-');
        const qint64 from = range.value(0).toLongLong(nullptr, 16),
                     to = range.value(1).toLongLong(nullptr, 16);
        QByteArray piece;
        for (qint64 at = from; at < to; at += 1 << 20) {
            if (!memory.seek(at))
                break;
            piece = memory.read(std::min<qint64>(to - at, (1 << 20) + masked.size()));
            for (qsizetype place = 0; place + masked.size() <= piece.size(); ++place) {
                if (standsAt(piece.constData() + place, masked))
                    found.append(surroundings(piece, place, masked, line));
            }
            piece.fill('\0');
        }
    }
    return found;
}

const QByteArray program = R"(
import http.server, json, os, ssl, sys, base64
marker = bytes(b ^ 1 for b in base64.b64decode(sys.argv[1]))
def secret(name, pad):
    key = b'-----BEGIN PRIVATE KEY-----' + marker + os.urandom(pad) + marker + b'-----END PRIVATE KEY-----'
    text = marker.decode()
    return {'kind': 'Secret', 'apiVersion': 'v1', 'type': 'kubernetes.io/tls', 'metadata': {'name': name, 'namespace': 'shop', 'uid': name, 'resourceVersion': '5',
            'annotations': {'kubectl.kubernetes.io/last-applied-configuration': json.dumps({'data': {'tls.key': text}}),
                            'example.com/copy': json.dumps({'escaped': text})}},
            'data': {'tls.key': base64.b64encode(key).decode(), 'plain': text}}
def table(secrets):
    return {'kind': 'Table', 'apiVersion': 'meta.k8s.io/v1', 'metadata': {'resourceVersion': '5'}, 'columnDefinitions': [{'name': 'Name', 'type': 'string'}, {'name': 'Data', 'type': 'string'}],
            'rows': [{'cells': [one['metadata']['name'], 2], 'object': {'kind': 'PartialObjectMetadata', 'apiVersion': 'meta.k8s.io/v1', 'metadata': one['metadata']}} for one in secrets]}
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def log_message(self, *arguments): pass
    def answer(self, document):
        body = json.dumps(document).encode()
        self.send_response(200); self.send_header('Content-Type', 'application/json'); self.send_header('Content-Length', str(len(body))); self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        tabular = '/namespaces/tables/' in self.path and 'as=Table' in self.headers['Accept']
        if 'sendInitialEvents' in self.path:
            self.send_response(422); self.send_header('Content-Length', '0'); self.end_headers()
        elif 'watch=true' in self.path:
            self.send_response(200); self.send_header('Content-Type', 'application/json'); self.send_header('Transfer-Encoding', 'chunked'); self.end_headers()
            for i in range(20):
                one = secret('w%d' % i, 3000 * i)
                line = json.dumps({'type': 'MODIFIED', 'object': table([one]) if tabular else one}).encode() + b'\n'
                self.wfile.write(b'%x\r\n%s\r\n' % (len(line), line)); self.wfile.flush()
            self.wfile.write(b'0\r\n\r\n')
        elif '/secrets/' in self.path:
            self.answer(secret('one', 9000))
        elif tabular:
            self.answer(table([secret('s%d' % i, 700 * i) for i in range(30)]))
        elif '/namespaces/broken/' in self.path:
            self.answer([{'kind': 'SecretList', 'items': [secret('s', 700)]}, 'and no object'])
        else:
            self.answer({'kind': 'SecretList', 'apiVersion': 'v1', 'metadata': {'resourceVersion': '5'}, 'items': [secret('s%d' % i, 700 * i) for i in range(30)]})
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain(sys.argv[2], sys.argv[3])
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
)";

} // namespace

class SecrecyTest : public QObject
{
    Q_OBJECT

    TestAuthority m_authority;
    QTemporaryDir m_dir;

    QString write(const QString &name, const QByteArray &content) const
    {
        QFile file(m_dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        return file.fileName();
    }

    quint16 start(QProcess &server)
    {
        const TestIdentity identity = loopbackServer(m_authority);
        server.start(u"python3"_s,
                     {u"-c"_s, QString::fromUtf8(program), QString::fromLatin1(maskedKey.toBase64()),
                      write(u"crt"_s, identity.certificate), write(u"key"_s, identity.key)});
        QByteArray line;
        if (!QTest::qWaitFor([&] { return (line += server.readAllStandardOutput()).contains('\n'); }, 10'000))
            return 0;
        return quint16(line.trimmed().toUInt());
    }

    Connection connectionTo(quint16 port) const
    {
        Connection connection;
        connection.context = u"dev"_s;
        connection.server = QUrl(u"https://127.0.0.1:%1"_s.arg(port));
        connection.trustedCa = m_authority.certificate();
        connection.token = "planted-token-of-the-connection";
        return connection;
    }

private Q_SLOTS:
    // As kube-apiserver 1.37.2 answers a patch that makes a Secret's value a number; and one that was cut.
    void noObjectThatTheServerQuotesIsInItsError()
    {
        const QByteArray merged = R"(\"{\\\"data\\\":{\\\"other\\\":\\\"UExBTlRFRA==\\\",\\\"pw\\\":5}})",
                         strategic = R"(\"map[data:map[other:UExBTlRFRA== pw:map[a:5]]])",
                         problem = R"(\": json: cannot unmarshal number)";
        for (const auto &[quoted, end] :
             {std::pair(merged, problem), std::pair(merged, QByteArray()), std::pair(strategic, problem)}) {
            const QByteArray words = R"( \"\" is invalid: patch: Invalid value: )" + quoted + end;
            const auto error = kube::errorFromStatus(
                R"({"kind": "Status", "status": "Failure", "code": 422, "reason": "Invalid", "message": ")"
                    + words
                    + R"(", "details": {"causes": [{"reason": "FieldValueInvalid", "field": "patch", "message": ")"
                    + words + R"("}]}})",
                u"PATCH /api/v1/namespaces/default/secrets/s2"_s);
            QVERIFY(error);
            for (const QString &said : {error->message, error->causes.first().message}) {
                QVERIFY2(!said.contains(u"UExBTlRFRA"_s), qPrintable(said));
                QVERIFY2(said.contains(u"is invalid: patch: Invalid value: the object as it would be"_s),
                         qPrintable(said));
                QCOMPARE(said.endsWith(u": json: cannot unmarshal number"_s), !end.isEmpty());
            }
        }
    }

    void noKeyOfAClustersSecretStaysInMemoryOrInAnyMessage()
    {
        if (QStandardPaths::findExecutable(u"python3"_s).isEmpty() || !QFile::exists(u"/proc/self/mem"_s))
            QSKIP("skipped: needs python3 and /proc");
        QProcess server;
        const quint16 port = start(server);
        QVERIFY2(port != 0, server.readAllStandardError().constData());
        seenMessages.clear();
        const QtMessageHandler before = qInstallMessageHandler(collect);
        QLoggingCategory::setFilterRules(u"*=true\nqt.*.debug=false"_s);
        {
            Connection connection;
            connection.context = u"dev"_s;
            connection.server = QUrl(u"https://127.0.0.1:%1"_s.arg(port));
            connection.trustedCa = m_authority.certificate();
            connection.token = "planted-token-of-the-connection";
            Transport transport(connection);
            Client client(transport);
            const auto one = client.get(types::secrets(), u"shop"_s, u"one"_s);
            const auto all = client.list(types::secrets(), u"shop"_s);
            ObjectStore store;
            Reflector reflector(transport, types::secrets(), u"shop"_s, store);
            reflector.start();
            QTRY_VERIFY_WITH_TIMEOUT(one.isFinished() && all.isFinished() && store.find(u"shop/w19"_s),
                                     20'000);
            reflector.stop();
            QVERIFY(one.result() && all.result());
            QCOMPARE(all.result()->items.size(), 30);
            QVERIFY(one.result()->json.contains("bytes}"));
            // While everything is still open; the watch has begun again and may be in the middle of an event.
            QTRY_COMPARE_WITH_TIMEOUT(copiesInMemory(maskedKey).join(u'\n'), QString(), 5000);
        }
        QCOMPARE(copiesInMemory(maskedKey).join(u'\n'), QString());
        QLoggingCategory::setFilterRules({});
        qInstallMessageHandler(before);
        for (const QString &text : seenMessages) {
            QVERIFY(!text.contains(u"planted-token"_s));
            QCOMPARE(occurrences(text.toUtf8(), maskedKey), 0);
        }
        server.kill();
        server.waitForFinished();
    }

    // What `get secrets -w` reads.
    void noKeyStaysBehindTables_data()
    {
        QTest::addColumn<QString>("nameSpace");
        QTest::newRow("tables") << u"tables"_s;
        QTest::newRow("objects in their place") << u"objects"_s;
    }

    void noKeyStaysBehindTables()
    {
        QFETCH(QString, nameSpace);
        if (QStandardPaths::findExecutable(u"python3"_s).isEmpty() || !QFile::exists(u"/proc/self/mem"_s))
            QSKIP("skipped: needs python3 and /proc");
        QProcess server;
        const quint16 port = start(server);
        QVERIFY2(port != 0, server.readAllStandardError().constData());
        {
            Transport transport(connectionTo(port));
            Client client(transport);
            ListOptions asTable;
            asTable.asTable = true;
            const auto all = client.list(types::secrets(), nameSpace, asTable);
            const auto broken = client.list(types::secrets(), u"broken"_s, asTable);
            ObjectStore store;
            Reflector reflector(transport, types::secrets(), nameSpace, store);
            reflector.readTables();
            reflector.start();
            QTRY_VERIFY_WITH_TIMEOUT(all.isFinished() && broken.isFinished() && store.find(u"shop/w19"_s),
                                     20'000);
            reflector.stop();
            QVERIFY2(all.result(), qPrintable(all.result() ? QString() : all.result().error().message));
            QVERIFY(!broken.result());
            QCOMPARE(all.result()->items.size(), 30);
            QCOMPARE(all.result()->items.constFirst().cells.constFirst(), u"s0"_s);
            QTRY_COMPARE_WITH_TIMEOUT(copiesInMemory(maskedKey).join(u'\n'), QString(), 5000);
        }
        QCOMPARE(copiesInMemory(maskedKey).join(u'\n'), QString());
        server.kill();
        server.waitForFinished();
    }

    void halfALineGoesWithItsSplitter()
    {
        {
            LineSplitter lines;
            QByteArray piece = QByteArray(20'000, 'x') + unmasked() + QByteArray(20'000, 'x');
            QVERIFY(lines.feed(piece).isEmpty());
            wipe(piece);
            QCOMPARE(copiesInMemory(maskedKey).size(), 1); // it is held back
        }
        QCOMPARE(copiesInMemory(maskedKey).join(u'\n'), QString());
    }

    void halfAnEventGoesWithItsFramer()
    {
        {
            JsonFramer events;
            QByteArray piece = "{\"a\":\"" + QByteArray(20'000, 'x') + unmasked() + QByteArray(20'000, 'x');
            QVERIFY(events.feed(piece).isEmpty());
            wipe(piece);
            QCOMPARE(copiesInMemory(maskedKey).size(), 1); // it is held back
        }
        QCOMPARE(copiesInMemory(maskedKey).join(u'\n'), QString());
    }

    void theSearchFindsWhatIsThere() // else the tests above prove nothing
    {
        const QByteArray planted = unmasked();
        QVERIFY(!copiesInMemory(maskedKey).isEmpty());
        wipe(planted);
    }
};

SALLYPORT_TEST(secrecy_test, SecrecyTest)
#include "secrecy_test.moc"
