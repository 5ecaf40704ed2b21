// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cluster_state.h"

#include "app/snapshot_fetch.h"
#include "models/analysis/change_set.h"

using namespace Qt::StringLiterals;

namespace app::cli {

kube::Result<ClusterState> readState(kube::Client &client, std::stop_token stop)
{
    const auto input = fetchSnapshot(client, stop);
    if (!input)
        return tl::unexpected(input.error());
    ClusterState all;
    for (auto kind = input->objects.constBegin(); kind != input->objects.constEnd(); ++kind) {
        if (kind.key() == "pods"_L1)
            continue;
        for (const kube::Object &object : kind.value()) {
            const auto value = edge::parseJson(object.json.toStdString());
            if (value)
                all.insert(kind.key() + u' ' + object.key(), models::withoutServerFields(*value));
        }
    }
    return all;
}

QStringList differences(const ClusterState &before, const ClusterState &after)
{
    QStringList differing;
    for (auto object = before.constBegin(); object != before.constEnd(); ++object) {
        if (!after.contains(object.key()))
            differing.append(object.key() + u" is gone"_s);
        else if (!(after.value(object.key()) == object.value()))
            differing.append(object.key() + u" differs"_s);
    }
    for (const QString &key : after.keys()) {
        if (!before.contains(key))
            differing.append(key + u" was not there"_s);
    }
    return differing;
}

} // namespace app::cli
