// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/expanded.h"

#include <algorithm>

namespace edge {

namespace {

bool isWord(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

class Expander
{
public:
    Expander(const CompileOptions &options, std::vector<UnknownVariable> &unknown)
        : m_options(options)
        , m_unknown(unknown)
    {
    }

    bool hasChanged() const { return m_hasChanged; }

    Value of(const Value &value, const std::string &path)
    {
        if (value.isString())
            return value.text().find('$') == std::string::npos ? value : Value(text(value.text(), path));
        if (value.isArray()) {
            Value list = Value::array();
            for (std::size_t i = 0; i < value.items().size(); ++i)
                list.push(of(value.items()[i], path + "[" + std::to_string(i) + "]"));
            return list;
        }
        if (!value.isObject())
            return value;
        Value object = Value::object();
        for (const auto &[name, member] : value.members())
            object.set(text(name, path), of(member, path + "." + name));
        return object;
    }

private:
    std::optional<std::string> valueOf(const std::string &name) const
    {
        if (const auto found = m_options.environment.find(name); found != m_options.environment.end())
            return found->second;
        if (name == "AMBASSADOR_NAMESPACE")
            return m_options.ambassadorNamespace;
        return name == "AMBASSADOR_ID" && m_options.ambassadorId != "default"
            ? std::optional(m_options.ambassadorId)
            : std::nullopt;
    }

    // As Python's os.path.expandvars: what was put in is not looked at again.
    std::string text(const std::string &written, const std::string &path)
    {
        std::string result;
        std::size_t at = 0;
        while (at < written.size()) {
            const std::size_t dollar = std::min(written.find('$', at), written.size());
            result.append(written, at, dollar - at);
            const bool isBraced = written.compare(dollar, 2, "${") == 0;
            std::size_t end = dollar + 1;
            if (isBraced)
                end = written.find('}', end);
            else
                end = std::size_t(
                    std::find_if_not(written.begin() + std::ptrdiff_t(std::min(end, written.size())),
                                     written.end(), isWord)
                    - written.begin());
            if (end == std::string::npos || end <= dollar + 1) { // no reference
                result.append(written, dollar, 1);
                at = dollar + 1;
                continue;
            }
            const std::size_t from = dollar + (isBraced ? 2 : 1);
            const std::string name = written.substr(from, end - from);
            at = end + (isBraced ? 1 : 0);
            if (const auto value = valueOf(name)) {
                result += *value;
                m_hasChanged = true;
                continue;
            }
            result.append(written, dollar, at - dollar);
            if (!name.empty() && (name.front() < '0' || name.front() > '9')) // $1 is somebody else's
                m_unknown.push_back({path, name});
        }
        return result;
    }

    const CompileOptions &m_options;
    std::vector<UnknownVariable> &m_unknown;
    bool m_hasChanged = false;
};

bool mayRefer(const Value &value)
{
    const auto holds = [](const std::string &text) { return text.find('$') != std::string::npos; };
    return (value.isString() && holds(value.text()))
        || std::any_of(value.items().begin(), value.items().end(), mayRefer)
        || std::any_of(value.members().begin(), value.members().end(), [&](const Value::Member &member) {
               return holds(member.first) || mayRefer(member.second);
           });
}

} // namespace

std::string expandedText(const std::string &text, const CompileOptions &options)
{
    std::vector<UnknownVariable> unknown;
    return expanded(Value(text), {}, options, unknown).value_or(Value(text)).text();
}

bool hasReference(const std::string &text)
{
    std::vector<UnknownVariable> found;
    expanded(Value(text), {}, {}, found);
    return !found.empty();
}

std::optional<Value> expanded(const Value &value, const std::string &place, const CompileOptions &options,
                              std::vector<UnknownVariable> &unknown)
{
    if (!mayRefer(value))
        return {};
    Expander expander(options, unknown);
    Value result = expander.of(value, place);
    return expander.hasChanged() ? std::optional(std::move(result)) : std::nullopt;
}

} // namespace edge
