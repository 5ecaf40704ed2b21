// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/yaml_grammar.h"

#include "edge/text.h"

#include <yaml.h>

namespace edge {

namespace {

// Each byte that is no UTF-8 gives way to one that may stand anywhere.
std::string readable(std::string_view text)
{
    std::string copy(text);
    for (std::size_t at = firstNotUtf8(copy); at != std::string::npos;) {
        copy[at] = '_';
        const std::size_t next = firstNotUtf8(std::string_view(copy).substr(at));
        at = next == std::string_view::npos ? std::string::npos : at + next;
    }
    return copy;
}

class Events
{
public:
    explicit Events(const std::string &text)
    {
        yaml_parser_initialize(&m_parser);
        yaml_parser_set_input_string(&m_parser, reinterpret_cast<const unsigned char *>(text.data()),
                                     text.size());
    }
    ~Events() { yaml_parser_delete(&m_parser); }
    Events(const Events &) = delete;
    Events &operator=(const Events &) = delete;

    std::optional<yaml_event_type_t> next() // nullopt: fault() tells why
    {
        yaml_event_t event;
        if (yaml_parser_parse(&m_parser, &event) == 0)
            return {};
        m_place = placeOf(event.start_mark);
        const yaml_event_type_t type = event.type;
        yaml_event_delete(&event);
        return type;
    }

    YamlPlace place() const { return m_place; } // of the last event

    YamlFault fault() const
    {
        const std::string_view context = m_parser.context != nullptr ? m_parser.context : "";
        const std::string_view problem = m_parser.problem != nullptr ? m_parser.problem : "memory ended";
        std::string why = "not YAML: ";
        why.append(context).append(context.empty() ? "" : ": ").append(problem);
        if (problem == "found unexpected ':'")
            why += "; write a space behind the colon, or quotes around all of it";
        // What a quote or a key lacks is noticed far below it.
        const bool begins = context.starts_with("while scanning");
        return {placeOf(begins ? m_parser.context_mark : m_parser.problem_mark), why};
    }

private:
    static YamlPlace placeOf(const yaml_mark_t &mark) { return {mark.line, mark.column}; }

    yaml_parser_t m_parser = {};
    YamlPlace m_place;
};

} // namespace

std::optional<YamlFault> yamlFault(std::string_view text, int depthLimit)
{
    const std::string copy = readable(text);
    Events events(copy);
    for (int depth = 0;;) {
        const auto type = events.next();
        if (!type)
            return events.fault();
        if (*type == YAML_STREAM_END_EVENT)
            return {};
        if (*type == YAML_MAPPING_START_EVENT || *type == YAML_SEQUENCE_START_EVENT)
            ++depth;
        if (*type == YAML_MAPPING_END_EVENT || *type == YAML_SEQUENCE_END_EVENT)
            --depth;
        if (depth > depthLimit)
            return YamlFault{events.place(), "nested deeper than " + std::to_string(depthLimit) + " levels"};
    }
}

} // namespace edge
