// SPDX-License-Identifier: GPL-3.0-or-later
// What structural schemas refuse, and what they do to nulls.  Every outcome is as a real kube-apiserver 1.37 gave it for an object of this
// schema; its order of causes is not the same twice, so they are sorted here.
#include "app/demo/schema.h"
#include "app/demo/string_formats.h"
#include "tests/support/shared_data.h"
#include "tests/support/test_class.h"

#include <QTest>

#include <algorithm>
#include <functional>

using namespace demo;

namespace {

Value yaml(const std::string &text)
{
    const auto documents = edge::parseYaml(text);
    return documents && !documents->empty() ? documents->front() : Value();
}

const Value &schema()
{
    static const Value whole = yaml(R"(
type: object
properties:
  spec:
    type: object
    properties:
      oneOf: {type: object, properties: {a: {type: integer}, b: {type: string}, c: {type: string}}, oneOf: [{required: [a]}, {required: [b]}]}
      anyOf: {type: object, properties: {a: {type: integer}, b: {type: string}}, anyOf: [{required: [a]}, {required: [b]}]}
      allOf: {type: object, properties: {a: {type: integer}, b: {type: string}}, allOf: [{required: [a]}, {required: [b]}]}
      not: {type: object, properties: {a: {type: integer, not: {enum: [3]}}}, not: {required: [a]}}
      text: {type: string, minLength: 3, maxLength: 5, pattern: ^a, enum: [abc, b], format: date}
      day: {type: string, format: date}
      number: {type: integer, minimum: 3, maximum: 5, multipleOf: 2, enum: [4, 9]}
      int32: {type: integer, format: int32}
      int64: {type: integer, format: int64}
      float: {type: number, format: float}
      list: {type: array, items: {type: string, maxLength: 2}, minItems: 2, maxItems: 3}
      set: {type: array, x-kubernetes-list-type: set, items: {type: string}}
      map: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k], items: {type: object, required: [k], properties: {k: {type: string}}}}
      need: {type: object, required: [z, x], properties: {x: {type: integer}, z: {type: integer}, w: {type: object, required: [v], properties: {v: {type: string}}}}}
      embedded: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}
      either: {x-kubernetes-int-or-string: true}
      values: {type: object, additionalProperties: {type: string}}
      may: {type: string, nullable: true}
      anything: {x-kubernetes-preserve-unknown-fields: true}
      default: {type: string, default: d}
      rules:
        type: object
        x-kubernetes-validations:
        - {rule: self.a > self.b, message: a must be above b}
        - {rule: 'self.l.all(x, x > 1)', fieldPath: .l, reason: FieldValueForbidden}
        - {rule: self.a != 7, reason: FieldValueRequired}
        - {rule: self.a != 8, reason: FieldValueDuplicate}
        properties:
          a: {type: integer, x-kubernetes-validations: [{rule: self > 0}]}
          b: {type: integer}
          l: {type: array, maxItems: 5, items: {type: integer}}
          t: {type: boolean, x-kubernetes-validations: [{rule: self}]}
          f: {type: number, x-kubernetes-validations: [{rule: self < 2.0}]}
          s: {type: string, x-kubernetes-validations: [{rule: self == 'q'}]}
          none: {type: string, nullable: true, x-kubernetes-validations: [{rule: self == 'q'}]}
)");
    return whole;
}

std::string causesOf(const Value &object, const Value &of)
{
    std::vector<std::string> lines;
    for (const Cause &cause : schemaProblems(object, &of, {})) {
        if (cause.message.find("some validation rules were not checked") == std::string::npos)
            lines.push_back(cause.field + " " + cause.reason.substr(10) + " " + cause.message);
    }
    std::sort(lines.begin(), lines.end());
    std::string all;
    for (const std::string &line : lines)
        all += (all.empty() ? "" : "\n") + line;
    return all;
}

Value within(const std::vector<std::string> &path, Value value) // [] is an item of a list
{
    for (auto step = path.rbegin(); step != path.rend(); ++step)
        value = *step == "[]" ? Value::array({value}) : Value::object({{*step, value}});
    return value;
}

using Path = std::vector<std::string>;
void walk(const Value &at, Path &path, const std::function<void(const Path &, const Value &)> &visit)
{
    const auto step = [&](const std::string &name, const Value &inner) {
        path.push_back(name);
        visit(path, inner);
        walk(inner, path, visit);
        path.pop_back();
    };
    for (const auto &[name, inner] : at["properties"].members())
        step(name, inner);
    if (at["additionalProperties"].isObject())
        step("key", at["additionalProperties"]);
    if (at["items"].isObject())
        step("[]", at["items"]);
}

} // namespace

class SchemaValidatorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void objectsAreJudgedAsByARealServer_data()
    {
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<QByteArray>("outcome"); // the causes; or what is stored
        const auto row = [](const char *name, const char *spec, const char *outcome) {
            QTest::newRow(name) << QByteArray(spec) << QByteArray(outcome);
        };
        row("nothing of two", "{oneOf: {}}",
            "<nil> Invalid Invalid value: \"\": \"spec.oneOf\" must validate one and only one schema "
            "(oneOf). Found none valid\n"
            "spec.oneOf.a Required Required value");
        row("both of two", "{oneOf: {a: 1, b: x}}",
            "<nil> Invalid Invalid value: \"\": \"spec.oneOf\" must validate one and only one schema "
            "(oneOf). Found 2 valid alternatives");
        row("the nearest of two", "{oneOf: {c: 3}}",
            "<nil> Invalid Invalid value: \"\": \"spec.oneOf\" must validate one and only one schema "
            "(oneOf). Found none valid\n"
            "spec.oneOf.a Required Required value\n"
            "spec.oneOf.c TypeInvalid Invalid value: \"integer\": spec.oneOf.c in body must be of type "
            "string: \"integer\"");
        row("a list for an object of one of two", "{oneOf: []}",
            "<nil> Invalid Invalid value: \"\": \"spec.oneOf\" must validate one and only one schema "
            "(oneOf). Found 2 valid alternatives\n"
            "spec.oneOf TypeInvalid Invalid value: \"array\": spec.oneOf in body must be of type object: "
            "\"array\"");
        row("neither", "{anyOf: {}}",
            "<nil> Invalid Invalid value: \"\": \"spec.anyOf\" must validate at least one schema (anyOf)\n"
            "spec.anyOf.a Required Required value");
        row("not all", "{allOf: {a: 1}}",
            "<nil> Invalid Invalid value: \"\": \"spec.allOf\" must validate all the schemas (allOf)\n"
            "spec.allOf.b Required Required value");
        row("none of all", "{allOf: {}}",
            "<nil> Invalid Invalid value: \"\": \"spec.allOf\" must validate all the schemas (allOf). None "
            "validated\n"
            "spec.allOf.a Required Required value\n"
            "spec.allOf.b Required Required value");
        row("what may not be", "{not: {a: 3}}",
            "<nil> Invalid Invalid value: \"\": \"spec.not\" must not validate the schema (not)\n"
            "<nil> Invalid Invalid value: \"\": \"spec.not.a\" must not validate the schema (not)");
        row("text too short", "{text: zz}",
            "spec.text Invalid Invalid value: \"zz\": spec.text in body should be at least 3 chars long\n"
            "spec.text NotSupported Unsupported value: \"zz\": supported values: \"abc\", \"b\"\n"
            "spec.text TypeInvalid Invalid value: \"zz\": spec.text in body must be of type date: \"zz\"");
        row("text too long", "{text: zzzzzzzzz}",
            "spec.text NotSupported Unsupported value: \"zzzzzzzzz\": supported values: \"abc\", \"b\"\n"
            "spec.text TooLong Too long: may not be more than 5 bytes\n"
            "spec.text TypeInvalid Invalid value: \"zzzzzzzzz\": spec.text in body must be of type date: "
            "\"zzzzzzzzz\"");
        row("a number for a date", "{text: 5}",
            "spec.text NotSupported Unsupported value: 5: supported values: \"abc\", \"b\"\n"
            "spec.text TypeInvalid Invalid value: \"int64\": spec.text in body must be of type date: "
            "\"int64\"");
        row("a day that is not", "{day: '2026-02-30'}",
            "spec.day TypeInvalid Invalid value: \"2026-02-30\": spec.day in body must be of type date: "
            "\"2026-02-30\"");
        row("a number too high", "{number: 7}",
            "spec.number Invalid Invalid value: 7: spec.number in body should be a multiple of 2\n"
            "spec.number Invalid Invalid value: 7: spec.number in body should be less than or equal to 5\n"
            "spec.number NotSupported Unsupported value: 7: supported values: \"4\", \"9\"");
        row("a word for a number", "{number: x}",
            "spec.number NotSupported Unsupported value: \"x\": supported values: \"4\", \"9\"\n"
            "spec.number TypeInvalid Invalid value: \"string\": spec.number in body must be of type integer: "
            "\"string\"");
        row("half a number", "{number: 1.5}",
            "<nil> Invalid Invalid value: \"\": Checked value must be of type integer (default format) in "
            "spec.number\n"
            "spec.number Invalid Invalid value: 1.5: spec.number in body should be a multiple of 2\n"
            "spec.number Invalid Invalid value: 1.5: spec.number in body should be greater than or equal to "
            "3\n"
            "spec.number NotSupported Unsupported value: 1.5: supported values: \"4\", \"9\"\n"
            "spec.number TypeInvalid Invalid value: \"number\": spec.number in body must be of type integer: "
            "\"number\"");
        row("more than 32 bits", "{int32: 2147483648}",
            "<nil> Invalid Invalid value: \"\": Checked value must be of type integer with format int32 in "
            "spec.int32");
        row("half of 32 bits", "{int32: 1.5}",
            "<nil> Invalid Invalid value: \"\": Checked value must be of type integer with format int32 in "
            "spec.int32\n"
            "spec.int32 TypeInvalid Invalid value: \"float64\": spec.int32 in body must be of type int32: "
            "\"float64\"");
        row("a word for 32 bits", "{int32: x}",
            "spec.int32 TypeInvalid Invalid value: \"string\": spec.int32 in body must be of type integer: "
            "\"string\"");
        row("more than 64 bits", "{int64: 1.0e+19}",
            "<nil> Invalid Invalid value: \"\": Checked value must be of type integer with format int64 in "
            "spec.int64\n"
            "spec.int64 TypeInvalid Invalid value: \"float64\": spec.int64 in body must be of type int64: "
            "\"float64\"");
        row("more than a float", "{float: 1.0e+39}",
            "<nil> Invalid Invalid value: \"\": Checked value must be of type number with format float in "
            "spec.float");
        row("a list too short", "{list: [aaa]}",
            "spec.list Invalid Invalid value: 1: spec.list in body should have at least 2 items\n"
            "spec.list[0] TooLong Too long: may not be more than 2 bytes");
        row("a list too long", "{list: [a, b, c, dddd]}",
            "spec.list TooMany Too many: 4: must have at most 3 items\n"
            "spec.list[3] TooLong Too long: may not be more than 2 bytes");
        row("nulls in a list", "{list: [null, null]}",
            "spec.list[0] TypeInvalid Invalid value: \"null\": spec.list[0] in body must be of type string: "
            "\"null\"\n"
            "spec.list[1] TypeInvalid Invalid value: \"null\": spec.list[1] in body must be of type string: "
            "\"null\"");
        row("one three times", "{set: [a, a, b, a]}", "spec.set[1] Duplicate Duplicate value: \"a\"");
        row("a key three times", "{map: [{k: a}, {k: a}, {k: a}]}",
            "spec.map[1] Duplicate Duplicate value: {\"k\":\"a\"}");
        row("words for objects", "{map: [a, a]}",
            "spec.map[0] Invalid Invalid value: \"a\": must be an object for an array of list-type map\n"
            "spec.map[0] TypeInvalid Invalid value: \"string\": spec.map[0] in body must be of type object: "
            "\"string\"\n"
            "spec.map[1] TypeInvalid Invalid value: \"string\": spec.map[1] in body must be of type object: "
            "\"string\"");
        row("an item without its key", "{map: [{k: null}]}", "spec.map[0].k Required Required value");
        row("what is missing within", "{need: {w: {}}}",
            "spec.need.w.v Required Required value\n"
            "spec.need.x Required Required value\n"
            "spec.need.z Required Required value");
        row("nulls for what is needed", "{need: {x: null, z: null}}",
            "spec.need.x Required Required value\n"
            "spec.need.z Required Required value");
        row("half an object", "{embedded: {kind: x}}", "spec.embedded.apiVersion Required Required value");
        row("a rule of an object", "{rules: {a: 1, b: 2, l: []}}",
            "spec.rules Invalid Invalid value: a must be above b");
        row("a rule of a number", "{rules: {a: -1, b: -2, l: []}}",
            "spec.rules.a Invalid Invalid value: -1: failed rule: self > 0");
        row("a rule of a field", "{rules: {a: 5, b: 2, l: [0]}}",
            "spec.rules.l Forbidden Forbidden: failed rule: self.l.all(x, x > 1)");
        row("a rule of need", "{rules: {a: 7, b: 2, l: [3]}}",
            "spec.rules Required Required value: failed rule: self.a != 7");
        row("a rule of one", "{rules: {a: 8, b: 2, l: [3]}}", "spec.rules Duplicate Duplicate value");
        row("a rule that cannot be asked", "{rules: {a: 3, b: 2}}",
            "spec.rules Invalid Invalid value: \"object\": no such key: l evaluating rule: self.l.all(x, x > "
            "1)");
        row("rules of scalars", "{rules: {a: 3, b: 2, f: 2.5, l: [], s: p, t: false}}",
            "spec.rules.f Invalid Invalid value: 2.5: failed rule: self < 2.0\n"
            "spec.rules.s Invalid Invalid value: \"p\": failed rule: self == 'q'\n"
            "spec.rules.t Invalid Invalid value: false: failed rule: self");
        row("rules of a null", "{rules: {a: 3, b: 2, l: [], none: null}}",
            "{default: d, rules: {a: 3, b: 2, l: [], none: null}}");
        row("neither a number nor a word", "{either: 1.5}",
            "spec.either TypeInvalid Invalid value: \"number\": spec.either in body must be of type "
            "integer,string: \"number\"");
        row("nulls that are dropped",
            "{either: null, need: null, number: null, text: null, values: {a: null, b: x}}",
            "{default: d, values: {b: x}}");
        row("nulls that stay", "{anything: [null, {a: null}], may: null}",
            "{anything: [null, {a: null}], default: d, may: null}");
        row("a null for a default", "{default: null}", "{default: d}");
    }
    void objectsAreJudgedAsByARealServer()
    {
        QFETCH(QByteArray, spec);
        QFETCH(QByteArray, outcome);
        Value object = Value::object({{"spec", yaml(spec.toStdString())}});
        (void)pruneUnknown(object, &schema());
        applyDefaults(object, &schema());
        const std::string causes = causesOf(object, schema());
        if (!outcome.startsWith('{'))
            QCOMPARE(QByteArray::fromStdString(causes), outcome);
        else
            QVERIFY2(causes.empty() && object["spec"] == yaml(outcome.toStdString()),
                     (causes + edge::toJson(object)).c_str());
    }

    // A null where none may be counts as absent, at every field of every shared definition; only an item of a list cannot be left out.
    void nullsOfRealSchemasCountAsAbsent()
    {
        int fields = 0;
        for (const char *file : {"crds/istio-1.31.yaml", "crds/emissary-4.1.0.yaml"}) {
            const auto text = sharedFile(file);
            if (!text)
                QSKIP("skipped: the shared definitions are not here (SALLYPORT_SHARED)");
            const auto definitions = edge::parseYaml(*text);
            QVERIFY2(definitions, file);
            for (const Value &definition : *definitions) {
                for (const Value &version : definition["spec"]["versions"].items()) {
                    const Value &of = version["schema"]["openAPIV3Schema"];
                    Path at;
                    walk(of, at, [&](const Path &path, const Value &inner) {
                        if (path.front() == "metadata" || inner.find("default"))
                            return;
                        ++fields;
                        Value object = within(path, {});
                        const Value written = object;
                        applyDefaults(object, &of);
                        const bool stays = path.back() == "[]" || inner["nullable"].toBool();
                        QVERIFY2(stays == (object == written), edge::toJson(object).c_str());
                        const bool isRefused = causesOf(object, of).find(": \"null\"") != std::string::npos;
                        const bool isTyped =
                            inner.find("type") || inner["x-kubernetes-int-or-string"].toBool();
                        QVERIFY2(isRefused == (stays && isTyped && !inner["nullable"].toBool()),
                                 (edge::toJson(object) + causesOf(object, of)).c_str());
                    });
                }
            }
        }
        QVERIFY2(fields > 4000, QByteArray::number(fields).constData());
    }

    void formats_data()
    {
        QTest::addColumn<QByteArray>("format");
        QTest::addColumn<QList<QByteArray>>("good");
        QTest::addColumn<QList<QByteArray>>("bad");
        const auto row = [](const char *format, QList<QByteArray> good, QList<QByteArray> bad) {
            QTest::newRow(format) << QByteArray(format) << good << bad;
        };
        row("date-time", {"2020-01-01T00:00:00Z", "2020-01-01t00:00:00z", "2020-01-01T00:00:00.123+02:00"},
            {"", "2020-01-01", "2020-13-01T00:00:00Z", "2020-01-01T00:00:00", "5s"});
        row("date", {"2020-01-01", "2020-02-29"}, {"2020-02-30", "2021-02-29", "nope", ""});
        row("duration", {"5s", "1h30m", "3 days", "1.5h", "P1D", "-5s", "0", "+5s"}, {"5", "nope", ""});
        row("byte", {"YWJj", "host"}, {"YW", "YW J", ""});
        row("ipv4", {"1.2.3.4", "01.2.3.4"}, {"1.2.3", "::1", "1.2.3.256"});
        row("ipv6", {"::1"}, {"1.2.3.4", "fe80::1%eth0"});
        row("cidr", {"1.2.3.0/24", "::/0"}, {"1.2.3.4", "1.2.3.0/33"});
        row("uuid", {"01234567-89ab-cdef-0123-456789abcdef", "0123456789abcdef0123456789abcdef"}, {"0123"});
        row("uri", {"http://a.b/c", "/c"}, {"a b", "nope"});
        row("email", {"a@b.c", "a@b", "A <a@b.c>"}, {"a b", "host"});
        row("hostname", {"host", "host.name", "1h30m"}, {"-host", "ho_st", "a..b", ""});
        row("mac", {"01:23:45:67:89:ab", "0123.4567.89ab"}, {"01:23"});
        row("k8s-short-name", {"a-b"}, {"a.b", "A"});
        row("k8s-long-name", {"a.b"}, {"A", "a..b"});
        row("a future one", {"", "x"}, {});
    }
    void formats()
    {
        QFETCH(QByteArray, format);
        QFETCH(QList<QByteArray>, good);
        QFETCH(QList<QByteArray>, bad);
        for (const QByteArray &text : good)
            QVERIFY2(hasStringFormat(text.toStdString(), format.toStdString()), text.constData());
        for (const QByteArray &text : bad)
            QVERIFY2(!hasStringFormat(text.toStdString(), format.toStdString()), text.constData());
    }
};

SALLYPORT_TEST(schema_validator_test, SchemaValidatorTest)
#include "schema_validator_test.moc"
