// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One form for what the corpus expects and for what we compiled: Envoy's field names as Emissary 4.1 writes
// them, without what means nothing (runtime keys, names of files in the secrets folder, older spellings of
// the same match).
#include "edge/config.h"
#include "edge/value.h"

// Expected → the common form.
edge::Value plainListener(const edge::Value &listener); // as in expected.listeners
edge::Value plainCluster(const edge::Value &cluster);
edge::Value plainRoute(const edge::Value &route);
edge::Value plainTls(const edge::Value &tls);

// Ours → the common form.
edge::Value listenerForm(const edge::Listener &listener, const edge::Config &config);
edge::Value clusterForm(const edge::Cluster &cluster, const edge::Config &config);
edge::Value routeForm(const edge::Route &route, const edge::Config &config);
edge::Value groupForm(const edge::GroupInfo &group);
edge::Value tlsForm(const edge::TlsContext &context, bool upstream);
