// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the API server trusts where it calls somebody: caBundle of webhooks, conversions of CustomResourceDefinitions and
// aggregated APIs.  When such a root ends the calls fail as if nobody served them.
#include "edge/value.h"
#include "models/resources/finding.h"

#include <QByteArray>
#include <QList>

namespace models {

struct CaBundle
{
    ObjectRef object;
    QString path;     // webhooks[0].clientConfig.caBundle
    QByteArray pem;   // as the object holds it, decoded
    QString effect;   // what fails when it ends, one sentence
    QString resource; // of a CustomResourceDefinition "mappings.getambassador.io", else ""
};
// Those that are not empty, in their order; of other kinds none.
QList<CaBundle> parseCaBundles(const edge::Value &object);

} // namespace models
