// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/workload_selector.h"

using namespace Qt::StringLiterals;

namespace models {

Labels workloadSelector(const Snapshot &snapshot, const Pod &pod)
{
    const Deployment *owner = snapshot.ownerOf(pod);
    if (owner && !owner->selector.isEmpty() && containsAll(pod.labels, owner->selector))
        return owner->selector;
    static const QStringList passing{u"pod-template-hash"_s,
                                     u"controller-revision-hash"_s,
                                     u"pod-template-generation"_s,
                                     u"statefulset.kubernetes.io/pod-name"_s,
                                     u"apps.kubernetes.io/pod-index"_s,
                                     u"security.istio.io/tlsMode"_s,
                                     u"istio.io/rev"_s,
                                     u"helm.sh/chart"_s,
                                     u"app.kubernetes.io/version"_s};
    Labels labels;
    for (auto label = pod.labels.begin(); label != pod.labels.end(); ++label) {
        if (!passing.contains(label.key()) && !label.key().startsWith("service.istio.io/"_L1))
            labels.insert(label.key(), label.value());
    }
    return labels;
}

} // namespace models
