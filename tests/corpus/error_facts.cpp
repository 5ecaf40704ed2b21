// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/corpus/error_facts.h"

#include <re2/re2.h>

namespace {

struct Form
{
    const char *pattern; // up to two groups: words that must be said
    const char *path;    // $ stands for the last group
};

constexpr Form forms[] = {
    {R"(cannot accept new mapping (\S+) with mismatched (\w+):)", "spec.$"},
    {R"(Total weight of mappings exceed)", "spec.weight"},
    {R"(Mapping (\S+) has invalid weight (\d+))", "spec.weight"},
    {R"(Could not normalize mapping weights)", "spec.weight"},
    {R"(Invalid load_balancer specified)", "spec.load_balancer"},
    {R"(No load_balancer setting is allowed)", "spec.load_balancer"},
    {R"(Invalid circuit_breakers specified)", "spec.circuit_breakers"},
    {R"(Invalid retry policy specified)", "spec.retry_policy"},
    {R"(Cannot specify both (\w+) and (\w+)\.)", "spec.$"},
    {R"(resolver (\S+) is unknown)", "spec.resolver"},
    {R"(Consul resolver does not allow dots)", "spec.service"},
    {R"(outlier_detection is not supported)", "spec.outlier_detection"},
    {R"(^error_response_overrides is not supported)", "spec.error_response_overrides"},
    {R"(cannot accept (\S+) as second host_redirect after (\S+))", "spec.host_redirect"},
    {R"(cannot accept (\S+) with host_redirect after)", "spec.host_redirect"},
    {R"(cannot accept (\S+) as second shadow after (\S+))", "spec.shadow"},
    {R"(At most one of host_redirect and shadow)", "spec.host_redirect"},
    {R"(^spec\.([\w.]+): )", "spec.$"},
    {R"(^spec: '(\w+)' is a required property)", "spec"},
    {R"(one of protocol and protocolStack must be specified)", "spec.protocol"},
    {R"(protocol and protocolStack may not both)", "spec.protocol"},
    {R"(^securityModel is required)", "spec.securityModel"},
    {R"(^hostBinding is required)", "spec.hostBinding"},
    {R"(hostBinding must have at least one)", "spec.hostBinding"},
    {R"(^hostBinding\.namespace\.from)", "spec.hostBinding.namespace.from"},
    {R"(^hostBinding\.selector)", "spec.hostBinding.selector"},
    {R"(found no (?:certificate|private key|validation certificate) in secret (\S+) in namespace ([^\s,]+))",
     ""},
    {R"(Specified TLSContext does not exist: (\S+))", ""},
    {R"(exact-match (\S+) contains \*)", ""},
    // Said of no object: of the edge as a whole, or of a cluster or service by its inner name
    {R"(cannot accept (\S+) without host_redirect after (\S+))", "spec.host_redirect"},
    {R"(Malformed service '([^']*)')", "spec.service"},
    {R"(found invalid port for service (\S+)\.)", "spec.service"},
    {R"(service (\S+) has unknown scheme (\w+))", "spec.service"},
    {R"(service  has no hostname)", "spec.service"},
    {R"(ignoring scheme (\w+) for service (\S+),)", "spec.service"},
    {R"(no (endpoint)s found, disabling cluster)", ""},
    {R"(matches no endpoints from Kubernetes)", "spec.service"},
    {R"(Unknown redirect_response_code=(\d+))", "spec.redirect_response_code"},
    {R"(Ambassador module config '(\w+)' must be)", "spec.$"},
    {R"(^(\S+): endpoint routing is not enabled)", ""},
    {R"(Originate-TLS context (\S+) is not defined)", "spec.tls"},
    {R"(Originate-TLS context (\S+) being used even though service (\S+) lists HTTP)", "spec.tls"},
    {R"(No Hosts defined, but (TLSContexts) exist)", ""},
    {R"(TLSContext (\S+) claims hostname (\S+), which)", ""},
    {R"(Hostname (\S+) is defined by both)", ""},
    {R"(TLSContext: (\S+); configured conflicting redirect_from port: (\d+))", ""},
    {R"(Duplicate listener (\S+) on)", "spec.port"},
    {R"(protocol_version (v2) is unsupported)", "spec.protocol_version"},
    {R"(exactly one (TracingService) is supported)", ""},
    // Notices
    {R"(The Consul resolver does not allow overriding service port)", "spec.service"},
    {R"(apiVersion ambassador/(v9) is not supported)", ""},
};

} // namespace

ErrorFacts factsOf(const std::string &text)
{
    for (const Form &form : forms) {
        const RE2 pattern(form.pattern);
        std::string groups[2];
        const int count = std::min(pattern.NumberOfCapturingGroups(), 2);
        const RE2::Arg first(&groups[0]), second(&groups[1]);
        const RE2::Arg *arguments[] = {&first, &second};
        if (!RE2::PartialMatchN(text, pattern, arguments, count))
            continue;
        ErrorFacts facts;
        facts.path = form.path;
        const std::string last = count > 0 ? groups[count - 1] : "";
        if (const std::size_t mark = facts.path.find('$'); mark != std::string::npos)
            facts.path.replace(mark, 1, last);
        for (int i = 0; i < count; ++i)
            facts.words.push_back(groups[i] == "True" ? "true" : groups[i]); // Python's word
        return facts;
    }
    return {};
}
