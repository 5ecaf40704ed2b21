// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/relabel.h"

#include <re2/re2.h>

#include <algorithm>

namespace demo {

namespace {

// Go's $1 and ${1} as RE2's \1.
std::string rewriteOf(const std::string &replacement)
{
    std::string out;
    for (std::size_t i = 0; i < replacement.size(); ++i) {
        if (replacement[i] == '\\') {
            out += "\\\\";
            continue;
        }
        const bool isBraced = replacement.compare(i, 2, "${") == 0;
        const std::size_t digit = i + (isBraced ? 2 : 1);
        const bool isGroup = replacement[i] == '$' && digit < replacement.size() && replacement[digit] >= '0'
            && replacement[digit] <= '9' && (!isBraced || replacement.compare(digit + 1, 1, "}") == 0);
        if (!isGroup) {
            out += replacement[i];
            continue;
        }
        out += '\\';
        out += replacement[digit];
        i = digit + (isBraced ? 1 : 0);
    }
    return out;
}

// "" where the text does not match: then nothing is replaced.
std::optional<std::string> replaced(const re2::RE2 &pattern, const std::string &text,
                                    const std::string &replacement)
{
    std::vector<re2::StringPiece> groups(std::size_t(pattern.NumberOfCapturingGroups()) + 1);
    if (!pattern.Match(text, 0, text.size(), re2::RE2::ANCHOR_BOTH, groups.data(), int(groups.size())))
        return {};
    std::string out;
    pattern.Rewrite(&out, rewriteOf(replacement), groups.data(), int(groups.size()));
    return out;
}

std::string sourceOf(const SeriesLabels &labels, const edge::Value &rule)
{
    const std::string separator = rule["separator"].isString() ? rule["separator"].text() : ";";
    std::string source;
    for (const edge::Value &name : rule["source_labels"].items()) {
        const auto found = labels.find(name.text());
        source += (&name == &rule["source_labels"].items().front() ? "" : separator)
            + (found == labels.end() ? std::string() : found->second);
    }
    return source;
}

std::string cased(std::string text, bool isUp)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [isUp](unsigned char c) { return char(isUp ? std::toupper(c) : std::tolower(c)); });
    return text;
}

void set(SeriesLabels &labels, const std::string &name, const std::string &value)
{
    if (value.empty())
        labels.erase(name);
    else
        labels[name] = value;
}

// false: the target is dropped.
bool step(SeriesLabels &labels, const edge::Value &rule)
{
    const std::string action = rule["action"].isString() ? rule["action"].text() : "replace";
    const std::string pattern = rule.find("regex") ? rule["regex"].isBool()
            ? std::string(rule["regex"].toBool() ? "true" : "false")
            : rule["regex"].text()
                                                   : "(.*)";
    const std::string replacement = rule["replacement"].isString() ? rule["replacement"].text() : "$1";
    const re2::RE2 regex(pattern, re2::RE2::Quiet);
    const std::string source = sourceOf(labels, rule);
    if (action == "keep" || action == "drop")
        return re2::RE2::FullMatch(source, regex) == (action == "keep");
    if (action == "lowercase" || action == "uppercase") {
        set(labels, rule["target_label"].text(), cased(source, action == "uppercase"));
    } else if (action == "labeldrop" || action == "labelkeep") {
        std::erase_if(labels, [&](const auto &label) {
            return re2::RE2::FullMatch(label.first, regex) == (action == "labeldrop");
        });
    } else if (action == "labelmap") {
        const SeriesLabels before = labels;
        for (const auto &[name, value] : before) {
            if (const auto mapped = replaced(regex, name, replacement))
                labels[*mapped] = value;
        }
    } else if (const auto value = replaced(regex, source, replacement)) {
        set(labels, rule["target_label"].text(), *value);
    }
    return true;
}

} // namespace

std::optional<SeriesLabels> relabel(SeriesLabels labels, const edge::Value &rules)
{
    for (const edge::Value &rule : rules.items()) {
        if (!step(labels, rule))
            return {};
    }
    return labels;
}

} // namespace demo
