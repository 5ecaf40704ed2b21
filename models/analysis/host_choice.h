// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Why no virtual host takes a request, and which Mappings are not asked because they are of other hosts than the one
// that does.  Linear in the number of routes of the listener.
#include "edge/route_table.h"

#include <QList>
#include <QString>

namespace models {

// host: of the request, with its port, as the edge compares it.
QString whyNoHostFits(const edge::FilterChain &chain, std::string_view host);

// Of the same listener, clear text or TLS as the chosen chain; each once, those whose path fits first.  At most 20.
// failedCondition is "host".
QList<edge::Candidate> mappingsOfOtherHosts(const edge::Decision &decision, std::string_view host,
                                            std::string_view path);

} // namespace models
