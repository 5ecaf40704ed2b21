// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/value.h"
#include "edge/yaml_items.h"
#include "tests/support/shared_data.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <fstream>
#include <sstream>

using edge::Value;

namespace {

std::string nested(int depth, const std::string &open, const std::string &close)
{
    std::string text;
    for (int i = 0; i < depth; ++i)
        text += open;
    text += "1";
    for (int i = 0; i < depth; ++i)
        text += close;
    return text;
}

} // namespace

TEST(Value, numbersKeepTheirText)
{
    const auto value = edge::parseJson(R"({"a": 1.0, "b": 9007199254740993, "c": -0, "d": 1e3})");
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_EQ((*value)["a"].text(), "1.0");
    EXPECT_EQ((*value)["b"].toInteger(), 9007199254740993);
    EXPECT_EQ((*value)["d"].toInteger(), 1000);
    EXPECT_EQ(edge::toJson(*value), R"({"a":1.0,"b":9007199254740993,"c":-0,"d":1e3})");
}

TEST(Value, readingWhatIsNotThereGivesNothing)
{
    const Value value = edge::parseJson(R"({"spec": {"prefix": "/a/"}, "list": [1]})").value();
    EXPECT_EQ(value.at({"spec", "prefix"}).text(), "/a/");
    EXPECT_TRUE(value.at({"spec", "prefix", "deeper", "still"}).isNull());
    EXPECT_TRUE(value["list"].members().empty());
    EXPECT_EQ(value["spec"].toInteger(7), 7);
    EXPECT_EQ(value["absent"].text(), "");
}

TEST(Value, anyScalarMayBeTheRoot)
{
    EXPECT_EQ(edge::parseJson(" \"text\" ")->text(), "text");
    EXPECT_EQ(edge::parseJson("42")->toInteger(), 42);
    EXPECT_TRUE(edge::parseJson("null")->isNull());
    EXPECT_TRUE(edge::parseJson("true")->toBool());
}

class BadJson : public testing::TestWithParam<const char *>
{
};

TEST_P(BadJson, isAnErrorAndNoCrash) { EXPECT_FALSE(edge::parseJson(GetParam())) << GetParam(); }

INSTANTIATE_TEST_SUITE_P(Texts, BadJson,
                         testing::Values("", " ", "{", "[1", "{\"a\"}", "{\"a\":}", "nul", "tru", "01x",
                                         "\"open", "1 2", "[] []", "1],[2", "{\"a\":1,}", "<html>",
                                         "\xff\xfe"));

TEST(Value, deepNestingIsRefused)
{
    EXPECT_TRUE(edge::parseJson(nested(150, "[", "]")));
    EXPECT_FALSE(edge::parseJson(nested(300, "[", "]")));
    EXPECT_FALSE(edge::parseJson(nested(100'000, "[", "]")));
    EXPECT_FALSE(edge::parseYaml(nested(300, "[", "]")));
    EXPECT_FALSE(edge::parseYaml(nested(20'000, "[", "]")));
}

TEST(Value, equalityIgnoresTheOrderOfMembersAndTheFormOfNumbers)
{
    EXPECT_EQ(edge::parseJson(R"({"a":1,"b":[1,2]})").value(),
              edge::parseJson(R"({"b":[1,2],"a":1.0})").value());
    EXPECT_FALSE(edge::parseJson("[1,2]").value() == edge::parseJson("[2,1]").value());
    EXPECT_FALSE(Value("1") == Value(1));
    EXPECT_FALSE(edge::parseJson("9007199254740993").value() == edge::parseJson("9007199254740992").value());
}

TEST(Value, mergePatchFollowsRfc7386)
{
    const struct
    {
        const char *target, *patch, *result;
    } cases[] = {
        {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
        {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
        {R"({"a":"b"})", R"({"a":null})", R"({})"},
        {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
        {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
        {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
        {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
        {R"({"a":"foo"})", R"(null)", R"(null)"},
        {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
        {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
        {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
    };
    for (const auto &row : cases)
        EXPECT_EQ(edge::toJson(edge::mergePatch(edge::parseJson(row.target).value(),
                                                edge::parseJson(row.patch).value())),
                  row.result)
            << row.patch;
}

// Numbers by what they are worth: 1e-07 is 1e-7.
Value withPlainNumbers(Value value)
{
    if (value.isNumber())
        return Value::number(std::to_string(value.toDouble()));
    if (value.isArray()) {
        Value items = Value::array();
        for (const Value &item : value.items())
            items.push(withPlainNumbers(item));
        return items;
    }
    if (!value.isObject())
        return value;
    Value members = Value::object();
    for (const auto &[name, member] : value.members())
        members.set(name, withPlainNumbers(member));
    return members;
}

TEST(Yaml, scalarsAreReadAsKubernetesReadsThem)
{
    const auto yaml = sharedFile("conformance/yaml-scalars.yaml");
    const auto expected = sharedFile("conformance/yaml-scalars.expected.json");
    if (!yaml || !expected)
        GTEST_SKIP() << "skipped: the shared conformance data is not here (SALLYPORT_SHARED)";
    const auto documents = edge::parseYaml(*yaml, "yaml-scalars.yaml");
    ASSERT_TRUE(documents) << documents.error().message;
    ASSERT_EQ(documents->size(), 1u);
    const Value wanted = edge::parseJson(*expected).value();
    for (const auto &[key, value] : wanted.at({"spec", "free"}).members()) {
        const Value &read = documents->front().at({"spec", "free", key});
        EXPECT_EQ(int(read.type()), int(value.type())) << key;
        if (value.isNumber())
            EXPECT_DOUBLE_EQ(read.toDouble(), value.toDouble()) << key;
        else
            EXPECT_EQ(read, value) << key << " " << edge::toJson(read);
    }
}

// Tags, escapes, blocks and flow forms: each value as kubectl 1.32 reads it behind `v: ` of a Mapping's spec, or refuses it
// (kubectl create --dry-run=client --validate=false -f - -o json).
TEST(Yaml, valuesAreReadAsKubectlReadsThem)
{
    const std::ifstream file(SALLYPORT_SOURCE_DIR "/tests/edge/yaml_kubectl.json");
    std::stringstream text;
    text << file.rdbuf();
    const auto rows = edge::parseJson(text.str());
    ASSERT_TRUE(rows) << rows.error().message;
    ASSERT_GT(rows->items().size(), 100u);
    for (const Value &row : rows->items()) {
        const std::string yaml = row["yaml"].text();
        const auto read = edge::parseYaml("spec:\n  v: " + yaml + "\n", "f");
        if (!row["error"].isNull()) {
            EXPECT_FALSE(read) << yaml << ": kubectl says " << row["error"].text();
            if (!read) {
                EXPECT_TRUE(RE2::PartialMatch(read.error().message, "^f, line [0-9]+, column [0-9]+: "))
                    << yaml << ": " << read.error().message;
            }
        } else if (!read) {
            ADD_FAILURE() << yaml << ": " << read.error().message;
        } else {
            EXPECT_EQ(edge::toJson(withPlainNumbers(read->front()["spec"])),
                      edge::toJson(withPlainNumbers(row["spec"])))
                << yaml;
        }
    }
}

// A file that was cut off, or a line that lost its colon: kubectl 1.32 refuses each (create --dry-run=client), and says what is quoted.
TEST(Yaml, whatKubectlRefusesIsRefusedAtItsPlace)
{
    const struct
    {
        const char *yaml, *error;
    } cases[] = {
        {"a:\n  b: \"c",
         "f, line 2, column 6: not YAML: while scanning a quoted scalar: found unexpected end of stream"},
        {"a:\n  b: \"c\n\n",
         "f, line 2, column 6: not YAML: while scanning a quoted scalar: found unexpected end of stream"},
        {"a:\n  'b: c\n",
         "f, line 2, column 3: not YAML: while scanning a quoted scalar: found unexpected end of stream"},
        {"a: \"b\n---\nc: d\n",
         "f, line 1, column 4: not YAML: while scanning a quoted scalar: found unexpected document "
         "indicator"},
        {"a:\n  b: c\n  dd",
         "f, line 3, column 3: not YAML: while scanning a simple key: could not find expected ':'"},
        {"a: b\nmetad",
         "f, line 2, column 1: not YAML: while scanning a simple key: could not find expected ':'"},
        {"a: b\nmetadata\n",
         "f, line 2, column 1: not YAML: while scanning a simple key: could not find expected ':'"},
        {"a: -92\n33\n",
         "f, line 2, column 1: not YAML: while scanning a simple key: could not find expected ':'"},
        {"a: >2+\n%   b\n",
         "f, line 2, column 1: not YAML: while scanning a directive: could not find expected directive name"},
        {"a: !!s{ b\n",
         "f, line 1, column 4: not YAML: while scanning a tag: did not find expected whitespace or line "
         "break"},
        {"a: @b\n",
         "f, line 1, column 4: not YAML: while scanning for the next token: found character that cannot "
         "start any token"},
        {"a: b\n...\nc\td: [", "f, line 3, "},
        {"%nothing\n",
         "f, line 1, column 1: not YAML: while scanning a directive: found unknown directive name"},
        {"a: [,]\n", "f, line 1, column 5: not YAML"},
        {"a: }\n",
         "f, line 1, column 4: not YAML"}, // yaml-cpp reads one empty document after another, without end
    };
    for (const auto &row : cases) {
        const auto read = edge::parseYaml(row.yaml, "f");
        ASSERT_FALSE(read) << row.yaml;
        EXPECT_TRUE(read.error().message.starts_with(row.error)) << row.yaml << ": " << read.error().message;
    }
    for (const char *fine : {"a: b # caf\xe9\n",
                             "\xef\xbb\xbf"
                             "a: b\n",
                             "", "# nothing\n", "a: \"b\"", "a: 'b\n\n  c'\n"})
        EXPECT_TRUE(edge::parseYaml(fine, "f")) << fine;
}

// Where kubectl reads something that nobody means, or loses bytes: refused, at its place.
TEST(Yaml, whatKubectlReadsOtherwiseThanMeantIsRefused)
{
    const struct
    {
        const char *yaml, *error;
    } cases[] = {
        {"v: {a:}",
         "f, line 1, column 5: not YAML: while scanning a plain scalar: found unexpected ':'; write a "
         "space "}, // {"a:": null}
        {"v: [b, a:]",
         "f, line 1, column 8: not YAML: while scanning a plain scalar: found unexpected ':'"}, // ["b", "a:"]
        {"v: {a: b:, c: d}", "f, line 1, "},                                                    // "b:"
        {"v: !!binary /w==", "f, line 1, column 4: !!binary holds bytes that are no text"},     // U+FFFD
        {"v: .inf", "f, line 1, column 4: .inf is no number that JSON, and with it Kubernetes, can hold"},
        {"a: 1\nv:\n- !!int x", "f, line 3, column 3: 'x' cannot be read as !!int"},
        {"v: !!binary '*'", "f, line 1, column 4: !!binary without valid base64"},
        {"a: b\n#\x01", "f, line 2, column 2: not YAML: a control character"},
    };
    for (const auto &row : cases) {
        const auto read = edge::parseYaml(row.yaml, "f");
        ASSERT_FALSE(read) << row.yaml;
        EXPECT_TRUE(read.error().message.starts_with(row.error)) << row.yaml << ": " << read.error().message;
    }
}

TEST(Yaml, errorsNameFileLineAndColumn)
{
    const auto broken = edge::parseYaml("a: 1\nb: [1, 2\nc: 3\n", "routes.yaml");
    ASSERT_FALSE(broken);
    EXPECT_NE(broken.error().message.find("routes.yaml, line "), std::string::npos) << broken.error().message;
    const auto twice = edge::parseYaml("a: 1\na: 2\n");
    ASSERT_FALSE(twice);
    EXPECT_NE(twice.error().message.find("twice"), std::string::npos);
}

// Each as kubectl 1.32 reads it.
// kubectl 1.32.4: label --local -o jsonpath={.spec}
TEST(Yaml, keysAreReadAsKubectlReadsThem)
{
    const std::pair<const char *, const char *> keys[] = {{"on", "true"},
                                                          {"y", "true"},
                                                          {"n", "false"},
                                                          {"TRUE", "true"},
                                                          {"tRue", "tRue"},
                                                          {"\"on\"", "on"},
                                                          {"!!str on", "on"},
                                                          {"''", ""},
                                                          {"012", "10"},
                                                          {"0o12", "10"},
                                                          {"-012", "-10"},
                                                          {"0x10", "16"},
                                                          {"0b101", "5"},
                                                          {"08", "8"},
                                                          {"+1", "1"},
                                                          {"-0", "0"},
                                                          {"1_000", "1000"},
                                                          {"1_0.5", "10.5"},
                                                          {"1.0", "1"},
                                                          {"1.10", "1.1"},
                                                          {"1.", "1"},
                                                          {".5", "0.5"},
                                                          {"-1.5", "-1.5"},
                                                          {"1e3", "1000"},
                                                          {"1e21", "1e+21"},
                                                          {"1e-7", "1e-07"},
                                                          {"0.1e-2", "0.001"},
                                                          {"0.00000001", "1e-08"},
                                                          {"1234567.0", "1.234567e+06"},
                                                          {"123456.789", "123456.79"},
                                                          {"16777217.0", "1.6777216e+07"},
                                                          {"100000000000000000000.0", "1e+20"},
                                                          {"18446744073709551616", "1.8446744e+19"},
                                                          {"-9223372036854775808", "-9223372036854775808"},
                                                          {"-9223372036854775809", "-9.223372e+18"},
                                                          {"1e400", "1e400"},
                                                          {".inf", ".inf"},
                                                          {"2001-12-14", "2001-12-14"},
                                                          {"12:30:45", "12:30:45"},
                                                          {"=", "="},
                                                          {"<<x", "<<x"}};
    for (const auto &[key, name] : keys) {
        const auto documents = edge::parseYaml(std::string(key) + ": v");
        ASSERT_TRUE(documents) << key << ": " << documents.error().message;
        ASSERT_EQ(documents->front().members().size(), 1u) << key;
        EXPECT_EQ(documents->front().members().begin()->first, name) << key;
    }
    for (const auto &[key, said] : {std::pair("~", "null"),
                                    {"NULL", "null"},
                                    {"18446744073709551615", "18446744073709551615"},
                                    {"9223372036854775808", "9223372036854775808"}}) {
        const auto documents = edge::parseYaml("a: {" + std::string(key) + ": v}", "f");
        ASSERT_FALSE(documents) << key;
        EXPECT_EQ(documents.error().message,
                  "f, line 1, column 5: " + std::string(said)
                      + " is no key that Kubernetes takes; write it in quotes");
    }
    const auto twice = edge::parseYaml("on: 1\nyes: 2\n");
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().message, "line 2, column 1: the key true stands there twice");
}

TEST(Yaml, mergeKeysAreMergedAsKubectlDoes)
{
    const std::string anchors = "b: &b {p: base, q: base}\nc: &c {p: base2, q: base2, r: base2}\nl: &l [1]\n";
    const std::pair<const char *, const char *> rows[] = {
        {"{<<: *b, p: own}", R"({"p":"own","q":"base"})"},
        {"{p: own, <<: *b}", R"({"p":"base","q":"base"})"},
        {"{<<: [*b, *c], q: own}", R"({"p":"base","q":"own","r":"base2"})"},
        {"{<<: {p: inline}, z: 1}", R"({"p":"inline","z":1})"},
        {"{<<: [*c, {s: lit}]}", R"({"s":"lit","p":"base2","q":"base2","r":"base2"})"},
        {"{<<: *b, <<: *c}", R"({"p":"base2","q":"base2","r":"base2"})"},
        {"{<<: {<<: *b, q: deep}, p: own}", R"({"p":"own","q":"deep"})"},
        {"{'<<': *b, p: own}", R"({"<<":{"p":"base","q":"base"},"p":"own"})"},
    };
    for (const auto &[text, json] : rows) {
        const auto documents = edge::parseYaml(anchors + "x: " + text);
        ASSERT_TRUE(documents) << text << documents.error().message;
        EXPECT_EQ(edge::toJson((*documents)[0]["x"]), json) << text;
    }
    for (const char *text : {"{<<: 3}", "{<<: [*b, 3]}", "{<<: x}", "{<<: }", "{<<: *l}"}) {
        const auto refused = edge::parseYaml(anchors + "x: " + text, "f");
        ASSERT_FALSE(refused) << text;
        EXPECT_NE(refused.error().message.find("<< merges a map or a list of maps"), std::string::npos)
            << refused.error().message;
    }
    EXPECT_FALSE(edge::parseYaml(anchors + "x: {<<: *b, p: 1, p: 2}")) << "twice is twice";
}

TEST(Yaml, aliasesOfAliasesDoNotGrowWithoutEnd)
{
    std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        const std::string one = "*a" + std::to_string(i - 1);
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + one;
        for (int j = 1; j < 10; ++j)
            text += ", " + one;
        text += "]\n";
    }
    EXPECT_FALSE(edge::parseYaml(text));
}

// yaml-cpp makes documents of nothing for ever out of the first two.
TEST(Yaml, whatBeginsWithAStrayMarkEnds)
{
    for (const char *text : {",aa:", "a: 1\n---\n, b\n", "]", "}", "? ]", "- ,"})
        EXPECT_FALSE(edge::parseYaml(text, "f")) << text;
    EXPECT_FALSE(edge::parseYaml(std::string_view("a: b\0c", 7), "f"));
}

// In a text or key, where kubectl 1.32 puts U+FFFD in silence.  In a comment it changes nothing, and an escape is a
// character, whatever its number.
TEST(Yaml, whatIsNotUtf8IsRefusedWithItsField)
{
    const std::pair<const char *, const char *> refused[] = {
        {"metadata:\n  labels: {x: \"\xff\"}\n", "f, line 2, column 15: metadata.labels.x: not UTF-8"},
        {"a: [{b: c}, caf\xe9]\n", "f, line 1, column 13: a[1]: not UTF-8"},
        {"a: {caf\xe9: 1}\n", "f, line 1, column 5: a key of a: not UTF-8"},
        {"\xed\xa0\x80: 1\n", "f, line 1, column 1: a key of the document: not UTF-8"},
        {"a: 1\n---\nb: \xe9\n", "f, line 3, column 4: b: not UTF-8"},
    };
    for (const auto &[text, why] : refused) {
        const auto documents = edge::parseYaml(text, "f");
        ASSERT_FALSE(documents) << text;
        EXPECT_EQ(documents.error().message.rfind(why, 0), 0U) << documents.error().message;
    }
    const std::pair<const char *, const char *> read[] = {
        {"a: \"\\xff\"", "\xc3\xbf"},
        {"a: \"\\u00ff\"", "\xc3\xbf"},
        {"a: '\\xff'", "\\xff"},
        {"a: 1 # caf\xe9", "1"},
        {"# caf\xe9\na: b", "b"},
        {"a: \xc3\xbf # \xe2\x82\xac", "\xc3\xbf"},
        {"\xef\xbb\xbf"
         "a: b",
         "b"},
    };
    for (const auto &[text, value] : read) {
        const auto documents = edge::parseYaml(text);
        ASSERT_TRUE(documents) << text << documents.error().message;
        EXPECT_EQ((*documents)[0]["a"].text(), value) << text;
    }
}

TEST(Yaml, emptyDocumentsAreLeftOut)
{
    EXPECT_EQ(edge::parseYaml("---\n---\nkind: A\n---\n# only a comment\n---\nkind: B\n")->size(), 2u);
    EXPECT_TRUE(edge::parseYaml("")->empty());
}

TEST(Yaml, keysThatAreTooLongForALineReadBackTheSame)
{
    for (const std::string &key : {std::string(2000, 'k'), std::string(300, '\x01')}) {
        const Value value = Value::object({{key, "text"},
                                           {key + "2", Value::array({1, Value::object({{key, 2}})})},
                                           {key + "3", Value::object({{key, Value::array({"a"})}})}});
        const auto back = edge::parseYaml(edge::toYaml(value));
        ASSERT_TRUE(back) << back.error().message;
        EXPECT_EQ(back->front(), value);
    }
}

// A fuzzer's finds: what YAML refuses, or takes for a line end or for the mark of a stream, is text where it is written.  And
// what turns the direction of what follows, or is not seen, is seen in what an operator reads and edits.
TEST(Yaml, charactersThatYamlRefusesOrNobodySeesAreWrittenAsEscapes)
{
    const char *const characters[] = {"\xef\xbb\xbf", "\x7f",         "\xc2\x80",     "\xc2\x85",
                                      "\xc2\x9e",     "\xe2\x80\xa8", "\xe2\x80\xa9", "\xef\xbf\xbe",
                                      "\xef\xbf\xbf", "\xe2\x80\xae", "\xe2\x80\x8b", "\xe2\x81\xa6",
                                      "\xd8\x9c",     "\xc2\xad"};
    for (const std::string mark : characters) {
        for (const Value &value :
             {Value(mark), Value(mark + "a"), Value("a\n" + mark + "b\n"), Value::object({{"a" + mark, 1}}),
              Value::object({{"a", mark}}), Value::object({{mark + std::string(1000, 'k'), 1}}),
              Value::array({mark})}) {
            const std::string yaml = edge::toYaml(value);
            EXPECT_EQ(yaml.find(mark), std::string::npos) << yaml;
            const auto back = edge::parseYaml(yaml);
            ASSERT_TRUE(back) << back.error().message;
            ASSERT_EQ(back->size(), 1u) << yaml;
            EXPECT_EQ(back->front(), value);
        }
    }
}

// Letters of any script, and what joins them, are no signs of that kind.
TEST(Yaml, lettersAreWrittenAsTheyAre)
{
    for (const std::string text : {"caf\xc3\xa9", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", "\xe2\x82\xac",
                                   "a\xe2\x80\x8d"
                                   "b",
                                   "\xf0\x9f\x98\x80", "\xc2\xa0x"})
        EXPECT_NE(edge::toYaml(Value(text)).find(text), std::string::npos) << text;
}

TEST(Yaml, whatIsWrittenReadsBackTheSame)
{
    const char *texts[] = {
        R"({"a":"yes","b":"on","c":"1","d":"0777","e":"null","f":"~","g":"","h":"true","i":"1e3","j":"2001-12-14","k":"12:30:45"})",
        R"({"a":"x: y","b":"x #y","c":"- x","d":"[a]","e":"{a}","f":"'q'","g":"\"q\"","h":"a\nb","i":"a\nb\n","j":"a\n\n","k":" lead","l":"trail ","m":"tab\tbed","n":"*a","o":"&a","p":"!t","q":"%x","r":"@x","s":"`x","t":"key:"})",
        R"({"list":[1,[2,3],{"a":{"b":[]}},{},"x",null,true,1.5],"empty":{},"none":null})",
        R"([{"name":"a","ports":[{"port":80},{"port":443}]},{"name":"b"}])",
        R"({"yes":1,"1":2,"a b":3,"":4,"~":5})",
        R"({".NAN":".inf","a":["-.Inf","+.INF",".nan"]})",
        R"("E\n=")",
    };
    for (const char *text : texts) {
        const Value value = edge::parseJson(text).value();
        const std::string yaml = edge::toYaml(value);
        const auto back = edge::parseYaml(yaml);
        ASSERT_TRUE(back) << yaml << back.error().message;
        ASSERT_EQ(back->size(), 1u) << yaml;
        EXPECT_EQ(back->front(), value) << yaml;
    }
}

// Of a list of objects alone: what else is called items is none.
TEST(YamlItems, eachHasItsLine)
{
    const auto documents = edge::parseYamlItems("items:\n"
                                                "- a: {items: [1]}\n"
                                                "  items: [{b: 1},\n"
                                                "    {c: 1}]\n"
                                                "- [x]\n"
                                                "---\n"
                                                "spec:\n"
                                                "  items: [1]\n"
                                                "---\n"
                                                "{\"items\": [\n"
                                                "  {\"a\": 1}]}\n");
    ASSERT_TRUE(documents) << documents.error().message;
    std::vector<std::string> found;
    for (const edge::YamlDocument &document : *documents) {
        for (const edge::YamlItem &item : document.items)
            found.push_back(item.path + " " + std::to_string(item.line));
        found.emplace_back("--");
    }
    EXPECT_EQ(found,
              (std::vector<std::string>{"items[0] 1", "items[0].items[0] 2", "items[0].items[1] 3",
                                        "items[1] 4", "--", "--", "items[0] 10", "--"}));
}
