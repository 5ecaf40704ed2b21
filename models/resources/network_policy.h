// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// NetworkPolicy, as far as it lets pods be called: its ingress rules.  Whether the cluster's network enforces it cannot be
// seen in any object.  Pure; what is missing stays empty.
#include "models/resources/label_selector.h"

#include <optional>

namespace models {

struct NetworkPolicy
{
    struct Port
    {
        QString port; // number or name; "" every port
        int last = 0; // endPort; 0: that one only
    };
    struct Peer // pods of the selected namespaces; without a namespaceSelector those of the policy's own
    {
        std::optional<LabelSelector> pods, namespaces;
        bool isBlock = false; // ipBlock: addresses, which pods' may be among
    };
    struct Rule
    {
        QList<Peer> from;  // none: whoever it is
        QList<Port> ports; // none: every port
    };
    QString nameSpace, name;
    LabelSelector selector;  // pods of its namespace that it is about
    bool isOfIngress = true; // policyTypes
    QList<Rule> rules;       // none: nobody may call them
    bool isAbout(const Pod &pod) const;
    // By this policy alone; others may add to it, none can take away.
    bool lets(const Pod &client, const Namespace *clientsNamespace, const Pod &server, int port) const;
};
NetworkPolicy parseNetworkPolicy(const edge::Value &object);

} // namespace models
