// SPDX-License-Identifier: GPL-3.0-or-later
// The API server's small languages: selectors, patches, JSONPath, CEL, Go's words for bad JSON.
#include "app/demo/api_patch.h"
#include "app/demo/api_selectors.h"
#include "app/demo/api_table.h"
#include "app/demo/base64.h"
#include "app/demo/cel.h"
#include "app/demo/go_json.h"
#include "app/demo/schema.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace demo;

namespace {

Value yaml(const QByteArray &text)
{
    const auto documents = edge::parseYaml(text.toStdString());
    return documents && !documents->empty() ? documents->front() : Value();
}

QByteArray json(const Value &value) { return QByteArray::fromStdString(edge::toJson(value)); }

} // namespace

class ApiRulesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void labelSelectors_data()
    {
        QTest::addColumn<QByteArray>("selector");
        QTest::addColumn<QByteArray>("outcome"); // of {app: a, tier: t}: yes, no, or the error
        QTest::newRow("equal") << QByteArray("app=a") << QByteArray("yes");
        QTest::newRow("equal twice") << QByteArray("app==a,tier=t") << QByteArray("yes");
        QTest::newRow("different") << QByteArray("app!=a") << QByteArray("no");
        QTest::newRow("absent differs") << QByteArray("other!=a") << QByteArray("yes");
        QTest::newRow("one of") << QByteArray("app in (b, a)") << QByteArray("yes");
        QTest::newRow("none of") << QByteArray("app notin (a)") << QByteArray("no");
        QTest::newRow("there") << QByteArray("tier") << QByteArray("yes");
        QTest::newRow("not there") << QByteArray("!tier") << QByteArray("no");
        QTest::newRow("one sign too many")
            << QByteArray("a===b")
            << QByteArray("unable to parse requirement: found '=', expected: identifier");
        const auto refused = [](const char *selector, const QByteArray &words) {
            QTest::newRow(selector) << QByteArray(selector)
                                    << QByteArray("unable to parse requirement: found " + words);
        };
        refused("a in b", "'b' expected: '('");
        refused("a in", "'' expected: '('");
        refused("a in (", "'', expected: ',', ')' or identifier");
        refused("a in ((", "'(', expected: ',', ')' or identifier");
        refused("a in (=", "'=', expected: ',', ')' or identifier");
        refused("a in (b", "'', expected: ',' or ')'");
        refused("a notin (b", "'', expected: ',' or ')'");
        refused("a in (b c)", "'c', expected: ',' or ')'");
        refused("a in (b=)", "'=', expected: ',' or ')'");
        refused("a in (b,", "'', expected: ',', or identifier");
        refused("a in (,", "'', expected: ',', or identifier");
        refused("a in (b,=)", "'=', expected: ',', or identifier");
        QTest::newRow("of none") << QByteArray("other in ()") << QByteArray("no");
        QTest::newRow("of in") << QByteArray("app in (in, a)") << QByteArray("yes");
    }
    void labelSelectors()
    {
        QFETCH(QByteArray, selector);
        const auto read = readLabelSelector(selector.toStdString());
        QByteArray outcome = read ? QByteArray() : QByteArray::fromStdString(read.error().message);
        if (read)
            outcome =
                Selector{*read, {}}.matches(yaml("{metadata: {labels: {app: a, tier: t}}}")) ? "yes" : "no";
        QTEST(outcome, "outcome");
    }

    void jsonPatches_data()
    {
        QTest::addColumn<QByteArray>("patch");
        QTest::addColumn<QByteArray>("outcome"); // of {a: {b: 1}, l: [1, 2]}
        QTest::newRow("add") << QByteArray("[{op: add, path: /a/c, value: 2}]")
                             << QByteArray("{\"a\":{\"b\":1,\"c\":2},\"l\":[1,2]}");
        QTest::newRow("append") << QByteArray("[{op: add, path: /l/-, value: 3}]")
                                << QByteArray("{\"a\":{\"b\":1},\"l\":[1,2,3]}");
        QTest::newRow("insert") << QByteArray("[{op: add, path: /l/0, value: 0}]")
                                << QByteArray("{\"a\":{\"b\":1},\"l\":[0,1,2]}");
        QTest::newRow("remove") << QByteArray("[{op: remove, path: /l/0}]")
                                << QByteArray("{\"a\":{\"b\":1},\"l\":[2]}");
        QTest::newRow("move") << QByteArray("[{op: move, from: /a/b, path: /m}]")
                              << QByteArray("{\"a\":{},\"l\":[1,2],\"m\":1}");
        QTest::newRow("test and replace")
            << QByteArray("[{op: test, path: /a/b, value: 1}, {op: replace, path: /a/b, value: 9}]")
            << QByteArray("{\"a\":{\"b\":9},\"l\":[1,2]}");
        QTest::newRow("from the end")
            << QByteArray("[{op: remove, path: /l/-1}]") << QByteArray("{\"a\":{\"b\":1},\"l\":[1]}");
        QTest::newRow("a member that is not there, replaced")
            << QByteArray("[{op: replace, path: /a/c, value: 3}]")
            << QByteArray("{\"a\":{\"b\":1,\"c\":3},\"l\":[1,2]}");
        QTest::newRow("escaped") << QByteArray("[{op: add, path: /x~1y~0z, value: 1}]")
                                 << QByteArray("{\"a\":{\"b\":1},\"l\":[1,2],\"x/y~z\":1}");
        QTest::newRow("a test that fails")
            << QByteArray("[{op: test, path: /a/b, value: 2}]")
            << QByteArray("the server rejected our request due to an error in our request");
        QTest::newRow("a path that is not")
            << QByteArray("[{op: remove, path: /none}]")
            << QByteArray("the server rejected our request due to an error in our request");
        QTest::newRow("past the end")
            << QByteArray("[{op: add, path: /l/9, value: 0}]")
            << QByteArray("the server rejected our request due to an error in our request");
    }
    void jsonPatches()
    {
        QFETCH(QByteArray, patch);
        const auto patched = applyJsonPatch(yaml("{a: {b: 1}, l: [1, 2]}"), yaml(patch));
        QTEST(patched ? json(*patched) : QByteArray::fromStdString(patched.error().message), "outcome");
    }

    void strategicMerges_data()
    {
        QTest::addColumn<QByteArray>("patch");
        QTest::addColumn<QByteArray>("outcome"); // of spec.containers [{name: a, image: 1}, {name: b}]
        QTest::newRow("an item by name")
            << QByteArray("{spec: {containers: [{name: b, image: '2'}]}}")
            << QByteArray("[{\"name\":\"a\",\"image\":\"1\"},{\"name\":\"b\",\"image\":\"2\"}]");
        QTest::newRow("a new item goes first, as a real 1.37 does it")
            << QByteArray("{spec: {containers: [{name: c}]}}")
            << QByteArray("[{\"name\":\"c\"},{\"name\":\"a\",\"image\":\"1\"},{\"name\":\"b\"}]");
        QTest::newRow("delete") << QByteArray("{spec: {containers: [{name: a, $patch: delete}]}}")
                                << QByteArray("[{\"name\":\"b\"}]");
        QTest::newRow("replace") << QByteArray("{spec: {containers: [{$patch: replace}, {name: z}]}}")
                                 << QByteArray("[{\"name\":\"z\"}]");
        QTest::newRow("order") << QByteArray(
            "{spec: {$setElementOrder/containers: [{name: b}, {name: a}], containers: [{name: b, image: "
            "'2'}]}}") << QByteArray("[{\"name\":\"b\",\"image\":\"2\"},{\"name\":\"a\",\"image\":\"1\"}]");
        QTest::newRow("an order alone")
            << QByteArray("{spec: {$setElementOrder/containers: [{name: b}, {name: a}]}}")
            << QByteArray("[{\"name\":\"b\"},{\"name\":\"a\",\"image\":\"1\"}]");
        QTest::newRow("an order that does not name one")
            << QByteArray(
                   "{spec: {$setElementOrder/containers: [{name: b}], containers: [{name: b, tty: true}]}}")
            << QByteArray("[{\"name\":\"a\",\"image\":\"1\"},{\"name\":\"b\",\"tty\":true}]");
        const QByteArray mixed =
            "list element types are not identical: [[map[image:1 name:a] map[name:b]] %1]";
        QTest::newRow("a null item") << QByteArray("{spec: {containers: [null]}}")
                                     << QByteArray(mixed).replace("%1", "[<nil>]");
        QTest::newRow("a null item beside another")
            << QByteArray("{spec: {containers: [{name: a, ports: [{containerPort: 80}]}, null]}}")
            << QByteArray(mixed).replace("%1", "[map[name:a ports:[map[containerPort:80]]] <nil>]");
        QTest::newRow("a text as an item")
            << QByteArray("{spec: {containers: [x]}}") << QByteArray(mixed).replace("%1", "[x]");
        QTest::newRow("a null item where there was no list")
            << QByteArray("{spec: {containers: [{name: b, ports: [null, {containerPort: 80, name: null}, "
                          "{containerPort: 1, $patch: delete}]}]}}")
            << QByteArray(R"([{"name":"a","image":"1"},{"name":"b","ports":[null,{"containerPort":80}]}])");
        QTest::newRow("a null item in an order")
            << QByteArray("{spec: {$setElementOrder/containers: [null], containers: [{name: a, tty: true}]}}")
            << QByteArray("expected a map[string]interface {}, but received a %!s(<nil>)");
    }
    void strategicMerges()
    {
        QFETCH(QByteArray, patch);
        ResourceKind pod;
        pod.kind = "Pod";
        const auto merged = applyStrategicMerge(
            pod, yaml("{spec: {containers: [{name: a, image: '1'}, {name: b}]}}"), yaml(patch));
        QTEST(merged ? json((*merged)["spec"]["containers"])
                     : QByteArray::fromStdString(merged.error().message),
              "outcome");
    }

    void rules_data()
    {
        QTest::addColumn<QByteArray>("rule");
        QTest::addColumn<QByteArray>(
            "outcome"); // of {prefix: /a/, weight: 3, huge: 1e300, names: [x, w], labels: {k: v}}: yes, no, an error
        const auto row = [](const char *rule, const char *outcome) {
            QTest::newRow(rule) << QByteArray(rule) << QByteArray(outcome);
        };
        row("self.prefix.startsWith('/')", "yes");
        row("self.weight > 1 && self.weight <= 3", "yes");
        row("has(self.none) ? self.none == 1 : self.weight == 4", "no");
        row("(has(self.prefix) ? 1 : 0) + (has(self.none) ? 1 : 0) <= 1", "yes");
        row("self.names.all(n, size(n) == 1)", "yes");
        row("self.names.exists(n, n == 'z')", "no");
        row("self.names.filter(n, n != 'x').size() == 1", "yes");
        row("'k' in self.labels && self.labels['k'].matches('^v$')", "yes");
        row("!(self.prefix in ['/b/', \"/c/\"])", "yes");
        row("self.names.map(n, n + '!')[0] == 'x!'", "yes");
        row("self.none == 1 || self.weight == 3", "yes"); // one side settles it
        row("self.none == 1", "no such key: none");
        row("int(self.weight) == 3", "yes");
        row("int(self.huge) == 1", "integer overflow");
        row("int('80') == 80 && int('-7') == -7 && int('+7') == 7", "yes");
        row("int('80a') == 80", "type conversion error from 'string' to 'int'");
        row("uint('-1') == 1u", "type conversion error from 'string' to 'uint'");
        row("double('1.5') * 2.0 == 3.0 && double(self.weight) == 3.0", "yes");
        row("string(80) + string(true) + string('x') == '80truex'", "yes");
        row("string(duration('1m1.5s')) == '61.5s'", "yes");
        row("bool('true') && !bool('f')", "yes");
        row("duration('1h1m') > duration('60m') && duration('1s') == duration('1000ms')", "yes");
        row("duration('1s') + duration('1ms') < duration('2s')", "yes");
        row("duration('-1.5h').getMinutes() == -90", "yes");
        row("duration('5fortnights') > duration('1s')",
            "type conversion error from 'string' to 'google.protobuf.Duration'");
        row("duration('1') > duration('0')",
            "type conversion error from 'string' to 'google.protobuf.Duration'");
        row("duration('1sm') == duration('1s')",
            "type conversion error from 'string' to 'google.protobuf.Duration'");
        row("url('HTTPS://me@a.b:8080/c?d').getScheme() == 'https'", "yes");
        row("url('https://me@a.b:8080/c?d').getHost() == 'a.b:8080'", "yes");
        row("url('https://[::1]:80/c').getHostname() == '::1' && url('https://[::1]:80/c').getPort() == '80'",
            "yes");
        row("url('https://a/c%20d?e').getEscapedPath() == '/c%20d'", "yes");
        row("isURL('/a') && isURL('oci://a.b/c') && isURL('mailto:me')", "yes");
        row("isURL('a/b') || isURL('') || isURL('http://a b/') || isURL('http://a:b/') || "
            "isURL('http://a/%zz')",
            "no");
        row("url('a b').getScheme() == ''",
            "URL parse error during conversion from string: parse \"a b\": invalid URI for request");
        row("{'a': 1}.size() == 1 && {}.size() == 0 && [].size() == 0", "yes");
        row("self.prefix.substring(1, 2) == 'a' && self.prefix.substring(2) == '/'", "yes");
        row("self.prefix.substring(9) == ''", "index out of range: 9");
        row("'aXb'.lowerAscii() + 'c'.upperAscii() + ' d '.trim() == 'axbCd'", "yes");
        row("'a,b'.split(',').join('-') == 'a-b' && 'aba'.replace('a', 'c') == 'cbc'", "yes");
        row("'abc'.indexOf('c') == 2 && 'abcb'.lastIndexOf('b') == 3", "yes");
        row("self.names.exists_one(n, n == 'x') && !self.names.exists_one(n, n != '')", "yes");
        row("self.names.exists(n, n == 'x' || int(n) == 1)", "yes"); // one that holds settles it
        row("self.names[5] == ''", "index out of bounds: 5");
        row("9223372036854775807 + 1 > 0", "integer overflow");
        row("self.weight / 0 == 1", "division by zero");
        row("self.weight < 'x'", "no such overload");
        row("oldSelf == self", "no such attribute(s): oldSelf");
        row("self.prefix.startsWith('/'",
            "ERROR: <input>:1:27: Syntax error\n | self.prefix.startsWith('/'\n | "
            "..........................^");
        row("moon(self.weight)",
            "ERROR: <input>:1:5: undeclared reference to 'moon' (in container '')\n | "
            "moon(self.weight)\n | ....^");
        row("size() == 1",
            "ERROR: <input>:1:5: undeclared reference to 'size' (in container '')\n | size() == 1\n | ....^");
        row("self.names.all(n, m == n)",
            "ERROR: <input>:1:19: undeclared reference to 'm' (in container '')\n | "
            "self.names.all(n, m == n)\n | ..................^");
    }
    void rules()
    {
        QFETCH(QByteArray, rule);
        const auto answer = evaluateCel(
            rule.toStdString(), yaml("{prefix: /a/, weight: 3, huge: 1e300, names: [x, w], labels: {k: v}}"));
        QTEST(!answer ? QByteArray::fromStdString(answer.error())
                      : QByteArray(answer->toBool() ? "yes" : "no"),
              "outcome");
    }

    // Rules of changes are for what there was before.
    void rulesOfChanges()
    {
        const Value schema =
            yaml("{properties: {a: {x-kubernetes-validations: [{rule: self == oldSelf, message: fixed, "
                 "fieldPath: .b}]}}}");
        const Value before = yaml("{a: 1}");
        QVERIFY(schemaProblems(yaml("{a: 2}"), &schema, {}).empty());
        QVERIFY(schemaProblems(yaml("{a: 1}"), &schema, {}, &before).empty());
        QCOMPARE(schemaProblems(yaml("{a: 2}"), &schema, {}, &before),
                 (std::vector<Cause>{{"FieldValueInvalid", "a.b", "Invalid value: 2: fixed"}}));
    }

    void jsonPaths_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("found");
        QTest::newRow("a field") << QByteArray(".a.b") << QByteArray("[1]");
        QTest::newRow("an index") << QByteArray(".l[1].n") << QByteArray("[\"two\"]");
        QTest::newRow("from the end") << QByteArray(".l[-1].n") << QByteArray("[\"two\"]");
        QTest::newRow("all") << QByteArray(".l[*].n") << QByteArray("[\"one\",\"two\"]");
        QTest::newRow("a filter") << QByteArray(".l[?(@.n==\"two\")].v") << QByteArray("[2]");
        QTest::newRow("an escaped dot") << QByteArray(".x\\.y") << QByteArray("[3]");
        QTest::newRow("quoted") << QByteArray("['x.y']") << QByteArray("[3]");
        QTest::newRow("nothing") << QByteArray(".a.none") << QByteArray("[]");
    }
    void jsonPaths()
    {
        QFETCH(QByteArray, path);
        QTEST(json(Value::array(jsonPath(yaml("{a: {b: 1}, l: [{'n': one, v: 1}, {'n': two, v: 2}], x.y: 3}"),
                                         path.toStdString()))),
              "found");
    }

    void ages_data()
    {
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<QByteArray>("age");
        const auto row = [](qint64 seconds, const char *age) {
            QTest::newRow(age) << seconds << QByteArray(age);
        };
        row(0, "0s");
        row(119, "119s");
        row(120, "2m");
        row(250, "4m10s");
        row(600, "10m");
        row(3 * 3600, "3h");
        row(3 * 3600 + 60, "3h1m");
        row(30 * 3600, "30h");
        row(50 * 3600, "2d2h");
        row(10 * 86400, "10d");
        row(800 * 86400, "2y70d");
    }
    void ages()
    {
        QFETCH(qint64, seconds);
        QTEST(QByteArray::fromStdString(humanDuration(seconds)), "age");
    }

    void badJsonIsNamedAsGoDoes_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("problem");
        const auto row = [](const char *text, const char *problem) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(problem);
        };
        row("{\"a\": [1, 2.5e3, \"\\u00e9\", true, null]}", "");
        row("{not json", "invalid character 'n' looking for beginning of object key string");
        row("", "unexpected end of JSON input");
        row("[1", "unexpected end of JSON input");
        row("{\"a\" 1}", "invalid character '1' after object key");
        row("{\"a\":1 \"b\":2}", "invalid character '\"' after object key:value pair");
        row("[1 2]", "invalid character '2' after array element");
        row("i", "invalid character 'i' looking for beginning of value");
        row("{} x", "invalid character 'x' after top-level value");
        row("trux", "invalid character 'x' in literal true (expecting 'e')");
        row("1.x", "invalid character 'x' after decimal point in numeric literal");
    }
    void badJsonIsNamedAsGoDoes()
    {
        QFETCH(QByteArray, text);
        QTEST(QByteArray::fromStdString(goSyntaxError(text.toStdString())), "problem");
    }

    // Each as Go's encoding/base64 answered it in a real kube-apiserver 1.37.
    void base64IsJudgedAsGoDoes_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("fault"); // -1: none
        const auto row = [](const char *text, int fault) {
            QTest::newRow(text) << QByteArray(text) << fault;
        };
        row("YWJj", -1);
        row("", -1);
        row("YW\nJj\r\n", -1);
        row("YR==", -1);
        row("{12 bytes}", 0);
        row("YWJ", 0);
        row("a", 0);
        row("====", 0);
        row("YW Jj", 2);
        row("YW-_", 2);
        row("abc!", 3);
        row("YQ=", 3);
        row("YWJj=", 4);
        row("YQ==YQ==", 4);
    }
    void base64IsJudgedAsGoDoes()
    {
        QFETCH(QByteArray, text);
        const auto fault = base64Fault(text.toStdString());
        QTEST(fault ? int(*fault) : -1, "fault");
    }

    void repeatedFieldsAreFound()
    {
        QCOMPARE(duplicateFields("{\"spec\":{\"a\":1,\"b\":[{\"c\":1,\"c\":2}],\"a\":2}}"),
                 (std::vector<std::string>{"spec.b[0].c", "spec.a"}));
    }
};

SALLYPORT_TEST(api_rules_test, ApiRulesTest)
#include "api_rules_test.moc"
