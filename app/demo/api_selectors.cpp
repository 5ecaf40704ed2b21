// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_selectors.h"

#include "app/demo/object_meta.h"

#include <algorithm>
#include <charconv>

namespace demo {

namespace {

using Op = LabelRequirement::Op;

std::optional<std::int64_t> integer(const std::string &text)
{
    std::int64_t read = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(read) : std::nullopt;
}

// Tokens of the grammar in apimachinery's labels/selector.go: ! = == != > < ( ) , and words.
class LabelParser
{
public:
    explicit LabelParser(std::string_view text)
    {
        while (!text.empty()) {
            const std::size_t size = tokenSize(text);
            if (text.front() != ' ')
                m_tokens.emplace_back(text.substr(0, size));
            text.remove_prefix(size);
        }
    }

    StoreResult<std::vector<LabelRequirement>> parse()
    {
        std::vector<LabelRequirement> found;
        while (!m_tokens.empty()) {
            if (peek() != "!" && !isWord(peek()))
                return tl::unexpected(badRequest(
                    found.empty() ? "found '" + peek() + "', expected: !, identifier, or 'end of string'"
                                  : "found '" + peek() + "', expected: identifier after ','"));
            auto requirement = parseOne();
            if (!requirement)
                return tl::unexpected(badRequest("unable to parse requirement: " + requirement.error()));
            found.push_back(std::move(*requirement));
            if (m_next == m_tokens.size())
                return found;
            if (peek() != ",")
                return tl::unexpected(badRequest("found '" + peek() + "', expected: ',' or 'end of string'"));
            ++m_next;
        }
        return found;
    }

private:
    using One = tl::expected<LabelRequirement, std::string>;
    static bool isSpecial(char c) { return std::string_view("!=<>(), ").find(c) != std::string_view::npos; }

    static std::size_t tokenSize(std::string_view text)
    {
        if (text.starts_with("==") || text.starts_with("!="))
            return 2;
        if (isSpecial(text.front()))
            return 1;
        return std::size_t(std::find_if(text.begin(), text.end(), isSpecial) - text.begin());
    }

    std::string peek() const { return m_next < m_tokens.size() ? m_tokens[m_next] : std::string(); }
    std::string take() { return m_next < m_tokens.size() ? m_tokens[m_next++] : std::string(); }
    static bool isWord(const std::string &token) { return !token.empty() && !isSpecial(token.front()); }

    One parseOne()
    {
        LabelRequirement requirement;
        const bool isNegated = peek() == "!";
        if (isNegated)
            take();
        requirement.key = take();
        if (!isWord(requirement.key))
            return tl::unexpected("found '" + requirement.key + "', expected: identifier");
        if (const std::string problem = labelKeyProblem(requirement.key); !problem.empty())
            return tl::unexpected("<nil>: Invalid value: " + quoted(requirement.key) + ": " + problem);
        requirement.op = isNegated ? Op::Absent : Op::Exists;
        if (isNegated || peek().empty() || peek() == ",")
            return requirement;
        const std::string op = take();
        if (op == "in" || op == "notin") {
            requirement.op = op == "in" ? Op::In : Op::NotIn;
            return parseSet(std::move(requirement));
        }
        static const std::map<std::string, Op> operators{
            {"=", Op::In}, {"==", Op::In}, {"!=", Op::NotIn}, {">", Op::Greater}, {"<", Op::Less}};
        const auto known = operators.find(op);
        if (known == operators.end())
            return tl::unexpected("found '" + op + "', expected: in, notin, =, ==, !=, gt, lt");
        requirement.op = known->second;
        if (!peek().empty() && peek() != "," && !isWord(peek()))
            return tl::unexpected("found '" + peek() + "', expected: identifier");
        requirement.values = {isWord(peek()) ? take() : std::string()};
        return checked(std::move(requirement));
    }

    static One checked(LabelRequirement requirement)
    {
        const bool compares = requirement.op == Op::Greater || requirement.op == Op::Less;
        for (std::size_t i = 0; i < requirement.values.size(); ++i) {
            const std::string &value = requirement.values[i], at = "values[" + std::to_string(i) + "]";
            if (compares && !integer(value))
                return tl::unexpected(at + ": Invalid value: " + quoted(value)
                                      + ": for 'Gt', 'Lt' operators, the value must be an integer");
            if (const std::string problem = labelValueProblem(value); !problem.empty())
                return tl::unexpected(at + "[" + requirement.key + "]: Invalid value: " + quoted(value) + ": "
                                      + problem);
        }
        return requirement;
    }

    One parseSet(LabelRequirement requirement)
    {
        if (const std::string open = take(); open != "(")
            return tl::unexpected("found '" + open + "' expected: '('");
        if (!isWord(peek()) && peek() != "," && peek() != ")")
            return tl::unexpected("found '" + peek() + "', expected: ',', ')' or identifier");
        for (;;) {
            const bool isNamed = isWord(peek());
            requirement.values.push_back(isNamed ? take() : std::string()); // none stands for the empty one
            if (peek() == ")") {
                take();
                return checked(std::move(requirement));
            }
            if (peek() != ",")
                return tl::unexpected(
                    "found '" + peek()
                    + (isNamed ? "', expected: ',' or ')'" : "', expected: ',', or identifier"));
            take();
            if (!isWord(peek()) && peek() != "," && peek() != ")")
                return tl::unexpected("found '" + peek() + "', expected: ',', or identifier");
        }
    }

    std::vector<std::string> m_tokens;
    std::size_t m_next = 0;
};

bool compares(const std::string &value, const std::string &limit, bool isGreater)
{
    const auto a = integer(value), b = integer(limit);
    return a && b && (isGreater ? *a > *b : *a < *b);
}

bool matches(const LabelRequirement &requirement, const Value &labels)
{
    const Value *label = labels.find(requirement.key);
    const bool isListed = label
        && std::find(requirement.values.begin(), requirement.values.end(), label->text())
            != requirement.values.end();
    switch (requirement.op) {
    case Op::In: return isListed;
    case Op::NotIn: return !isListed;
    case Op::Exists: return label != nullptr;
    case Op::Absent: return label == nullptr;
    case Op::Greater: return label && compares(label->text(), requirement.values.front(), true);
    case Op::Less: return label && compares(label->text(), requirement.values.front(), false);
    }
    return false;
}

bool isFieldOf(const ResourceKind &kind, const std::string &path)
{
    static const std::map<std::string_view, std::vector<std::string_view>> fields{
        {"Pod",
         {"spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
          "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName"}},
        {"Event",
         {"involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
          "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
          "reportingComponent", "source", "type"}},
        {"Secret", {"type"}},
        {"Namespace", {"status.phase"}},
        {"Node", {"spec.unschedulable"}},
        {"ReplicaSet", {"status.replicas"}},
        {"Job", {"status.successful"}},
        {"Service", {"spec.clusterIP", "spec.type"}},
    };
    if (path == "metadata.name" || (path == "metadata.namespace" && kind.namespaced))
        return true;
    const auto known = kind.isBuiltIn ? fields.find(kind.kind) : fields.end();
    return known != fields.end()
        && std::find(known->second.begin(), known->second.end(), path) != known->second.end();
}

const std::string &fieldOf(const Value &object, std::string_view path)
{
    const Value *value = &object;
    while (!path.empty()) {
        const std::size_t dot = std::min(path.find('.'), path.size());
        value = &(*value)[path.substr(0, dot)];
        path.remove_prefix(std::min(dot + 1, path.size()));
    }
    if (value->isBool()) {
        static const std::string words[] = {"false", "true"};
        return words[value->toBool()];
    }
    return value->isObject() ? (*value)["component"].text() : value->text(); // an Event's source
}

} // namespace

bool Selector::matches(const Value &object) const
{
    const Value &metadataLabels = object["metadata"]["labels"];
    return std::all_of(labels.begin(), labels.end(),
                       [&](const LabelRequirement &each) { return demo::matches(each, metadataLabels); })
        && std::all_of(fields.begin(), fields.end(), [&](const FieldRequirement &each) {
               return (fieldOf(object, each.path) == each.value) == each.isEqual;
           });
}

StoreResult<std::vector<LabelRequirement>> readLabelSelector(std::string_view text)
{
    return LabelParser(text).parse();
}

StoreResult<std::vector<FieldRequirement>> readFieldSelector(std::string_view text, const ResourceKind &kind)
{
    std::vector<FieldRequirement> found;
    const std::string whole(text);
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        const std::string part(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
        if (part.empty())
            continue;
        const std::size_t equals = part.find('=');
        if (equals == std::string::npos)
            return tl::unexpected(
                badRequest("invalid selector: '" + whole + "'; can't understand '" + part + "'"));
        FieldRequirement requirement;
        requirement.isEqual = equals == 0 || part[equals - 1] != '!';
        requirement.path = part.substr(0, requirement.isEqual ? equals : equals - 1);
        requirement.value = part.substr(equals + (part.substr(equals).starts_with("==") ? 2 : 1));
        if (!isFieldOf(kind, requirement.path))
            return tl::unexpected(badRequest(
                kind.isBuiltIn && (kind.kind != "Pod" && kind.kind != "Event")
                    ? quoted(requirement.path)
                        + " is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
                    : "field label not supported: " + requirement.path));
        found.push_back(std::move(requirement));
    }
    return found;
}

} // namespace demo
