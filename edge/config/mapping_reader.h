// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One Mapping or TCPMapping → its resource.  nullopt: it cannot be used, and a Diagnostic says why.  That is so, too, of a
// Mapping with a regex that Envoy refuses, empty ones included, which Emissary itself hands over.
#include "edge/config/resources.h"

namespace edge {

struct ReaderContext
{
    const ModuleResource &module;
    const std::map<std::string, Resolver> &resolvers;
    const CompileOptions &options;
    const Rules &rules;
    std::vector<Diagnostic> &diagnostics;
    std::string rateLimitDomain = {}; // that the RateLimitService limits; "" none is there
    bool hasAuth = false;             // there is an AuthService
    bool isSchemeTold = false;        // a Listener tells secure requests by x-forwarded-proto
};

std::optional<MappingResource> readMapping(const SourceObject &object, const ReaderContext &context);
std::optional<TcpMappingResource> readTcpMapping(const SourceObject &object, const ReaderContext &context);

} // namespace edge
