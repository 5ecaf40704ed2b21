// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Why no virtual host takes a request, and which Mappings are not asked because they are of other hosts than the one
// that does.  Linear in the number of routes of the listener.
#include "edge/route_table.h"
#include "models/resources/snapshot.h"

#include <QList>
#include <QString>

namespace models {

// host: of the request, with its port, as the edge compares it.
QString whyNoHostFits(const edge::FilterChain &chain, std::string_view host);

// Of the same listener, clear text or TLS as the chosen chain; each once, those whose path fits first, each in match
// order.  At most 20.
// failedCondition is "host" where the Mapping's own host does not fit; else what the chosen Host asks of Mappings:
// "mappingSelector", or "hostname" of one that has none.
QList<edge::Candidate> mappingsOfOtherHosts(const Snapshot &snapshot, const edge::Config &config,
                                            const edge::Decision &decision, const edge::RequestHead &head);

} // namespace models
