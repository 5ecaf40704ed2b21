// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/public_secret.h"

#include "kube/object_reader.h"
#include "kube/wipe.h"
#include "models/analysis/secret_values.h"
#include "models/resources/field_faults.h"

namespace app {

QByteArray publicSecret(const edge::Value &written)
{
    if (!models::fieldFaults(written).isEmpty())
        return QByteArray::fromStdString(edge::toJson(written));
    std::string json = edge::toJson(models::withStringDataFolded(written));
    const QByteArray sent(json.data(), qsizetype(json.size()));
    kube::wipe(json.data(), json.size());
    const auto read = kube::readObject(kube::types::secrets(), sent);
    kube::wipe(sent);
    return read ? read->json : QByteArray::fromStdString(edge::toJson(models::withoutSecretValues(written)));
}

} // namespace app
