// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/module_filters.h"

#include "edge/config/said.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace edge {

namespace {

Value typed(const std::string &type)
{
    return Value::object({{"@type", "type.googleapis.com/envoy." + type}});
}

// 1.x writes by the second version of Envoy's API, of which the words are these.
Value currentGzipName(std::string_view field, const Value &value)
{
    static constexpr std::pair<std::string_view, std::string_view> names[]{
        {"compression_level DEFAULT", "DEFAULT_COMPRESSION"},
        {"compression_level BEST", "BEST_COMPRESSION"},
        {"compression_level SPEED", "BEST_SPEED"},
        {"compression_strategy DEFAULT", "DEFAULT_STRATEGY"},
        {"compression_strategy HUFFMAN", "HUFFMAN_ONLY"}};
    const auto *found = std::find_if(std::begin(names), std::end(names), [&](const auto &name) {
        return name.first == std::string(field) + " " + value.text();
    });
    return found == std::end(names) ? value : Value(found->second);
}

class FilterList
{
public:
    FilterList(const ModuleResource &module, const Rules &rules)
        : m_module(module)
        , m_rules(rules)
    {
    }

    void addModuleFilters();
    std::vector<HttpFilter> take() { return std::move(m_filters); }

private:
    void add(std::string name, Value config = {})
    {
        m_filters.push_back({"envoy.filters.http." + std::move(name), std::move(config)});
    }
    void addGrpcFilters();
    void addGzip(const Value &gzip);
    void addAddressFilter(std::string_view field, const char *action);

    const ModuleResource &m_module;
    const Rules &m_rules;
    std::vector<HttpFilter> m_filters;
};

void FilterList::addGrpcFilters()
{
    // Of both it is only looked at whether the key is there, true or false.
    if (m_module.config.find("enable_grpc_http11_bridge"))
        add("grpc_http1_bridge",
            m_rules.serviceProtocolV2 ? Value()
                                      : typed("extensions.filters.http.grpc_http1_bridge.v3.Config"));
    if (m_module.config.find("enable_grpc_web"))
        add("grpc_web",
            m_rules.serviceProtocolV2 ? Value() : typed("extensions.filters.http.grpc_web.v3.GrpcWeb"));
    const Value &stats = m_module["grpc_stats"];
    if (!stats.isObject())
        return;
    Value config = typed("extensions.filters.http.grpc_stats.v3.FilterConfig");
    config.set("enable_upstream_stats", isTruthy(stats["upstream_stats"]));
    if (stats["services"].isArray() && !stats["services"].items().empty()) {
        Value services = Value::array();
        for (const Value &service : stats["services"].items())
            services.push(
                Value::object({{"name", service["name"]}, {"method_names", service["method_names"]}}));
        config.set("individual_method_stats_allowlist", Value::object({{"services", std::move(services)}}));
    } else {
        config.set("stats_for_all_methods", isTruthy(stats["all_methods"]));
    }
    add("grpc_stats", std::move(config));
}

void FilterList::addModuleFilters()
{
    addGrpcFilters();
    if (m_module["lua_scripts"].isString()) {
        Value config = typed("extensions.filters.http.lua.v3.Lua");
        config.set("inline_code", m_module["lua_scripts"]);
        add("lua", std::move(config));
    }
    if (m_module["gzip"].isObject())
        addGzip(m_module["gzip"]);
    if (const Value &buffer = m_module["buffer"]; buffer.isObject()) {
        Value config = typed("extensions.filters.http.buffer.v3.Buffer");
        config.set("max_request_bytes", buffer["max_request_bytes"]);
        add("buffer", std::move(config));
    }
    addAddressFilter("ip_allow", "ALLOW");
    if (!m_module["ip_allow"].isArray())
        addAddressFilter("ip_deny", "DENY");
}

void FilterList::addGzip(const Value &gzip)
{
    Value library = typed("extensions.compression.gzip.compressor.v3.Gzip");
    for (const std::string_view field :
         {"memory_level", "compression_level", "compression_strategy", "window_bits"}) {
        if (gzip.find(field))
            library.set(field, m_rules.newClusterFields ? gzip[field] : currentGzipName(field, gzip[field]));
    }
    Value config = typed("extensions.filters.http.compressor.v3.Compressor");
    config.set(
        "compressor_library",
        Value::object({{"name", "envoy.compression.gzip.compressor"}, {"typed_config", std::move(library)}}));
    Value common = Value::object();
    if (gzip.find("min_content_length"))
        common.set("min_content_length", gzip["min_content_length"]);
    common.set("content_type", gzip["content_type"].isNull() ? Value::array() : gzip["content_type"]);
    Value direction = Value::object();
    if (gzip.find("disable_on_etag_header"))
        direction.set("disable_on_etag_header", gzip["disable_on_etag_header"]);
    if (gzip.find("remove_accept_encoding_header"))
        direction.set("remove_accept_encoding_header", gzip["remove_accept_encoding_header"]);
    direction.set("common_config", std::move(common));
    config.set("response_direction_config", std::move(direction));
    add("gzip", std::move(config));
}

void FilterList::addAddressFilter(std::string_view field, const char *action)
{
    if (!m_module[field].isArray())
        return;
    Value principals = Value::array();
    for (const Value &entry : m_module[field].items()) { // each is sound (address_lists.h)
        const auto &[where, range] = entry.members().front();
        const std::size_t slash = range.text().rfind('/');
        principals.push(
            Value::object({{where == "peer" ? "direct_remote_ip" : "remote_ip",
                            Value::object({{"address_prefix", range.text().substr(0, slash)},
                                           {"prefix_len", std::atoi(range.text().c_str() + slash + 1)}})}}));
    }
    if (principals.items().size() > 1)
        principals =
            Value::array({Value::object({{"or_ids", Value::object({{"ids", std::move(principals)}})}})});
    Value policy = Value::object({{"permissions", Value::array({Value::object({{"any", true}})})},
                                  {"principals", std::move(principals)}});
    Value rules = Value::object(
        {{"action", action},
         {"policies",
          Value::object(
              {{"ambassador-ip-" + std::string(action == std::string_view("ALLOW") ? "allow" : "deny"),
                std::move(policy)}})}});
    Value config = typed("extensions.filters.http.rbac.v3.RBAC");
    config.set("rules", std::move(rules));
    add("rbac", std::move(config));
}

} // namespace

std::vector<HttpFilter> moduleFilters(const ModuleResource &module, const Rules &rules)
{
    FilterList filters(module, rules);
    filters.addModuleFilters();
    return filters.take();
}

} // namespace edge
