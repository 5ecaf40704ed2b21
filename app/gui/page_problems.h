// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Why a page cannot show its kind although the connection lives: forbidden (with the ClusterRole that would
// allow it), absent, failed.
#include "models/analysis/certificates.h"
#include "models/resources/snapshot.h"
#include "ui/page_frame.h"

namespace app::gui {

// Of a list on a page that has more than that: why an empty one says nothing; "" all were read, or there can be none.
QString whyUnread(const models::Snapshot &snapshot, const QString &plural);
ui::PageProblem pageProblem(const models::Snapshot &snapshot, const QString &plural);
// Of the page of certificates: Secrets that may not be read leave what proxies and ConfigMaps tell, which is shown.  What
// the kubeconfig itself holds is no news of the cluster.
ui::PageProblem certificatesProblem(const models::Snapshot &snapshot,
                                    const QList<models::CertificateRow> &certificates);

} // namespace app::gui
