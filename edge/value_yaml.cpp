// SPDX-License-Identifier: GPL-3.0-or-later
// YAML for edge::Value: yaml-cpp's tree with the scalar rules that Kubernetes applies (YAML 1.1; shared
// conformance/yaml-scalars.*).
#include "edge/base64.h"
#include "edge/text.h"
#include "edge/value.h"
#include "edge/yaml_grammar.h"
#include "edge/yaml_items.h"
#include "edge/yaml_scalars.h"
#include "edge/yaml_source.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace edge {

namespace {

constexpr std::size_t NodeLimit =
    2'000'000; // aliases of aliases grow without bound: a document of 2 million nodes is none

struct UnreadableYaml // thrown inside this file only
{
    YAML::Mark mark;
    std::string why;
};

constexpr std::string_view CoreTags = "tag:yaml.org,2002:";

class Reader
{
public:
    Reader(DuplicateKeys duplicates, const YamlSource &source)
        : m_duplicates(duplicates)
        , m_source(source)
    {
    }

    Value read(const YAML::Node &node, int depth)
    {
        if (depth > Value::DepthLimit)
            throw UnreadableYaml{node.Mark(),
                                 "nested deeper than " + std::to_string(Value::DepthLimit) + " levels"};
        if (++m_nodes > NodeLimit)
            throw tooManyNodes(node);
        switch (node.Type()) {
        case YAML::NodeType::Scalar: return readScalar(node);
        case YAML::NodeType::Sequence: return readSequence(node, depth);
        case YAML::NodeType::Map: return readMap(node, depth);
        default: return {};
        }
    }

    std::vector<YamlItem> takeItems()
    {
        return std::exchange(m_items, {});
    } // of what was read since the last call

private:
    static UnreadableYaml tooManyNodes(const YAML::Node &node)
    {
        return {node.Mark(),
                "grows beyond " + std::to_string(NodeLimit) + " nodes; are aliases nested in aliases?"};
    }

    static YamlPlace placeOf(const YAML::Node &node)
    {
        const YAML::Mark mark = node.Mark();
        return {std::size_t(std::max(mark.line, 0)), std::size_t(std::max(mark.column, 0))};
    }

    std::string pathText() const
    {
        std::string path;
        for (const Step &step : m_path)
            path +=
                step.name ? (path.empty() ? "" : ".") + *step.name : '[' + std::to_string(step.item) + ']';
        return path;
    }

    // items, or items of one of them: lists may lie in lists.
    bool isOfList() const
    {
        return m_path.size() % 2 == 0
            && std::all_of(m_path.begin(), m_path.end(), [isName = false](const Step &step) mutable {
                   isName = !isName;
                   return isName ? step.name && *step.name == "items" : !step.name;
               });
    }

    // yaml-cpp lets any bytes through; no JSON can carry them.  In a comment they harm nobody.
    std::string textOf(const YAML::Node &node, const char *what) const
    {
        std::string text = m_source.mended(node.Scalar(), placeOf(node));
        if (firstNotUtf8(text) == std::string::npos)
            return text;
        const std::string path = pathText();
        throw UnreadableYaml{node.Mark(),
                             what + (path.empty() ? "the document" : path)
                                 + ": not UTF-8; save the file in this encoding"};
    }

    Value readScalar(const YAML::Node &node) const
    {
        const std::string text = textOf(node, "");
        std::string_view tag = node.Tag();
        const bool isCore = tag.starts_with(CoreTags);
        if (isCore)
            tag.remove_prefix(CoreTags.size());
        if (isCore && tag == "binary")
            return readBinary(node);
        const bool isTyped = isCore && isOneOf(tag, {"int", "float", "bool", "null"});
        if (!isTyped && !isOneOf(tag, {"?", ""}))
            return Value(text); // "!": quoted; "!!str" and what nobody knows as they stand
        if (isNoJsonNumber(text))
            throw UnreadableYaml{node.Mark(),
                                 text + " is no number that JSON, and with it Kubernetes, can hold"};
        if (isTyped && !fitsTag(tag, text))
            throw UnreadableYaml{node.Mark(), "'" + text + "' cannot be read as !!" + std::string(tag)};
        return readPlain(text);
    }

    static Value readBinary(const YAML::Node &node)
    {
        auto bytes = decodeBase64(node.Scalar());
        const auto characters = std::count_if(node.Scalar().begin(), node.Scalar().end(),
                                              [](char c) { return c != '\n' && c != '\r' && c != ' '; });
        if (!bytes || characters % 4 != 0)
            throw UnreadableYaml{node.Mark(), "!!binary without valid base64"};
        if (firstNotUtf8(*bytes) != std::string::npos)
            throw UnreadableYaml{node.Mark(),
                                 "!!binary holds bytes that are no text; a Secret's data and a ConfigMap's "
                                 "binaryData take base64 without the tag"};
        return {std::move(*bytes)};
    }

    Value readSequence(const YAML::Node &node, int depth)
    {
        Value::Array items;
        for (const YAML::Node &item : node) {
            m_path.push_back({nullptr, items.size()});
            if (isOfList())
                m_items.push_back({pathText(), item.Mark().line});
            items.push_back(read(item, depth + 1));
            m_path.pop_back();
        }
        return Value::array(std::move(items));
    }

    Value readMap(const YAML::Node &node, int depth)
    {
        Value map = Value::object();
        std::set<std::string> own; // a key may stand beside one that is merged in
        for (const auto &entry : node) {
            if (isMerge(entry.first)) {
                merge(map, entry.second, depth);
                continue;
            }
            const std::string name = readKey(entry.first);
            if (!own.insert(name).second && m_duplicates == DuplicateKeys::Refuse)
                throw UnreadableYaml{entry.first.Mark(), "the key " + name + " stands there twice"};
            m_path.push_back({&name, 0});
            map.set(name, read(entry.second, depth + 1));
            m_path.pop_back();
        }
        return map;
    }

    std::string readKey(const YAML::Node &key)
    {
        if (key.IsSequence() || key.IsMap())
            throw UnreadableYaml{key.Mark(), "a key that is no text"};
        if (++m_nodes > NodeLimit)
            throw tooManyNodes(key);
        const std::string text = key.IsScalar() ? textOf(key, "a key of ") : std::string();
        const bool isPlain = key.IsScalar() && (key.Tag() == "?" || key.Tag().empty());
        const auto name = key.IsNull() ? std::nullopt : isPlain ? readPlainKey(text) : std::optional(text);
        if (!name)
            throw UnreadableYaml{key.Mark(),
                                 (key.IsNull() ? "null" : key.Scalar())
                                     + " is no key that Kubernetes takes; write it in quotes"};
        return *name;
    }

    static bool isMerge(const YAML::Node &key) // plain; in quotes it is a key as any other
    {
        return key.IsScalar() && key.Scalar() == "<<"
            && isOneOf(key.Tag(), {"?", "", "tag:yaml.org,2002:merge"});
    }

    // In the order of the keys, as yaml.v2 and with it kubectl: what stands before << is replaced by what is merged
    // in, and of a list of maps the first counts.
    void merge(Value &map, const YAML::Node &from, int depth)
    {
        const auto refuse = [](const YAML::Node &node) {
            return UnreadableYaml{node.Mark(), "<< merges a map or a list of maps, and this is neither"};
        };
        std::vector<YAML::Node> sources;
        for (const auto &item : from.IsSequence() ? from : YAML::Node())
            sources.push_back(item);
        if (!from.IsSequence())
            sources.push_back(from);
        for (auto source = sources.rbegin(); source != sources.rend(); ++source) {
            if (!source->IsMap())
                throw refuse(*source);
            const Value merged = read(*source, depth + 1);
            for (const auto &[name, value] : merged.members())
                map.set(name, value);
        }
    }

    struct Step
    {
        const std::string *name; // of a member; nullptr: an item of a list
        std::size_t item;
    };

    DuplicateKeys m_duplicates;
    const YamlSource &m_source;
    std::size_t m_nodes = 0;
    std::vector<Step> m_path; // to what is being read
    std::vector<YamlItem> m_items;
};

std::string place(std::string_view fileName, const YamlPlace &where)
{
    return std::string(fileName) + (fileName.empty() ? "" : ", ") + "line " + std::to_string(where.line + 1)
        + ", column " + std::to_string(where.column + 1);
}

std::string place(std::string_view fileName, const YAML::Mark &mark)
{
    if (mark.is_null())
        return fileName.empty() ? "YAML" : std::string(fileName);
    return place(fileName, YamlPlace{std::size_t(mark.line), std::size_t(mark.column)});
}

} // namespace

Result<std::vector<Value>> parseYaml(std::string_view text, std::string_view fileName,
                                     DuplicateKeys duplicates)
{
    auto documents = parseYamlItems(text, fileName, duplicates);
    if (!documents)
        return tl::unexpected(documents.error());
    std::vector<Value> values;
    values.reserve(documents->size());
    for (YamlDocument &document : *documents)
        values.push_back(std::move(document.value));
    return values;
}

Result<std::vector<YamlDocument>> parseYamlItems(std::string_view text, std::string_view fileName,
                                                 DuplicateKeys duplicates)
{
    const YamlSource source(text);
    if (const auto control = source.firstControlCharacter())
        return failure(Error::Kind::Parse,
                       place(fileName, *control)
                           + ": not YAML: a control character; write it as an escape in double quotes");
    if (const auto fault = yamlFault(text, Value::DepthLimit))
        return failure(Error::Kind::Parse, place(fileName, fault->where) + ": " + fault->why);
    try {
        std::vector<YamlDocument> documents;
        Reader reader(duplicates, source);
        for (const YAML::Node &document : YAML::LoadAll(std::string(text))) {
            Value value = reader.read(document, 0);
            std::vector<YamlItem> items = reader.takeItems();
            if (!value.isNull())
                documents.push_back({std::move(value), std::move(items)});
        }
        return documents;
    } catch (const UnreadableYaml &error) {
        return failure(Error::Kind::Parse, place(fileName, error.mark) + ": " + error.why);
    } catch (const YAML::Exception &error) {
        return failure(Error::Kind::Parse, place(fileName, error.mark) + ": not YAML: " + error.msg);
    }
}

// --- writing
// ------------------------------------------------------------------------------------------------------------

namespace {

bool hasControl(const std::string &text, std::string_view except = "")
{
    return std::any_of(text.begin(), text.end(),
                       [&](char c) {
                           return static_cast<unsigned char>(c) < 0x20
                               && except.find(c) == std::string_view::npos;
                       })
        || withYamlEscapes(text) != text;
}

bool needsQuotes(const std::string &text)
{
    if (text.empty() || !readPlain(text).isString() || isNoJsonNumber(text))
        return true;
    if (text.front() == ' ' || text.back() == ' ' || text.back() == ':'
        || std::string_view("-?:,[]{}#&*!|>'\"%@`=<").find(text.front()) != std::string_view::npos)
        return true;
    if (text.find(": ") != std::string::npos || text.find(" #") != std::string::npos)
        return true;
    if (text.size() >= 8
        && std::isdigit(static_cast<unsigned char>(text[0]))
            != 0) // dates and times mean something to other readers
        return true;
    return hasControl(text);
}

bool fitsBlock(const std::string &text) // several lines that a literal block carries exactly
{
    if (text.find('\n') == std::string::npos || text.front() == ' ' || text.front() == '\n')
        return false;
    return !hasControl(text, "\n");
}

std::string quoted(const Value &value) { return withYamlEscapes(toJson(value)); }

void writeYaml(std::string &out, const Value &value, int depth);

std::string indentation(int depth) { return std::string(std::size_t(depth) * 2, ' '); }

void writeBlock(std::string &out, const std::string &text, int depth)
{
    const bool endsWithNewLine = text.back() == '\n';
    const bool keeps = text.size() > 1 && endsWithNewLine && text[text.size() - 2] == '\n';
    out += keeps ? "|+\n" : endsWithNewLine ? "|\n" : "|-\n";
    std::size_t from = 0;
    while (from < text.size()) {
        const std::size_t end = std::min(text.find('\n', from), text.size());
        if (end > from)
            out += indentation(depth) + text.substr(from, end - from);
        out += '\n';
        from = end + 1;
    }
}

void writeScalar(std::string &out, const Value &value, int depth)
{
    if (value.isString() && fitsBlock(value.text()))
        writeBlock(out, value.text(), depth);
    else if (value.isString() && !needsQuotes(value.text()))
        out += value.text() + '\n';
    else
        out += quoted(value) + '\n'; // a JSON string is a double-quoted YAML scalar
}

bool isInline(const Value &value)
{
    return (!value.isArray() || value.items().empty()) && (!value.isObject() || value.members().empty());
}

constexpr std::size_t LongestSimpleKey = 1000; // YAML 1.1 allows 1024 characters before the colon

void writeMember(std::string &out, const Value::Member &member, int depth)
{
    const std::string key = needsQuotes(member.first) ? quoted(Value(member.first)) : member.first;
    const bool isExplicit = key.size() > LongestSimpleKey;
    out += isExplicit ? "? " + key + '\n' + indentation(depth) + ':' : key + ':';
    if (isInline(member.second)) {
        out += ' ';
        writeScalar(out, member.second, depth + 1);
    } else {
        out += '\n';
        writeYaml(out, member.second, member.second.isArray() && !isExplicit ? depth : depth + 1);
    }
}

void writeItem(std::string &out, const Value &item, int depth)
{
    out += indentation(depth) + "- ";
    if (isInline(item)) {
        writeScalar(out, item, depth + 1);
    } else { // its first line continues the dash's
        std::string inner;
        writeYaml(inner, item, depth + 1);
        out += inner.substr(std::size_t(depth + 1) * 2);
    }
}

void writeYaml(std::string &out, const Value &value, int depth)
{
    if (isInline(value)) {
        writeScalar(out, value, std::max(depth, 1)); // a block without indentation is not read back
        return;
    }
    for (const Value &item : value.items())
        writeItem(out, item, depth);
    for (const Value::Member &member : value.members()) {
        out += indentation(depth);
        writeMember(out, member, depth);
    }
}

} // namespace

std::string toYaml(const Value &value)
{
    std::string out;
    writeYaml(out, value, 0);
    return out;
}

} // namespace edge
