// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Asks a server what it serves: two requests where it knows aggregated discovery, else one for each group and
// version, all at once (facts kube-client.md §1.7).  The next fetch() costs two 304s while nothing has
// changed.  A group that cannot be read is a failure in the catalog, not an error.  Callable from any thread, as
// Client is, which has one; the future is finished on the cluster thread.
#include "kube/answer.h"
#include "kube/api_catalog.h"
#include "kube/client.h"

namespace kube {

class Discovery : public QObject
{
    Q_OBJECT
public:
    explicit Discovery(Client &client, QObject *parent = nullptr);

    // onlyGroups: of an older server, where each version of a group is a request, just these are read ("" the core); {}: all.
    QFuture<Result<ApiCatalog>> fetch(std::stop_token stop = {}, const QStringList &onlyGroups = {});

private:
    struct Run;
    struct Root
    {
        QByteArray etag;
        ApiCatalog catalog;
    };
    void askRoot(const std::shared_ptr<Run> &run, const QString &path);
    void rootAnswered(const std::shared_ptr<Run> &run, const QString &path,
                      const Result<HttpResponse> &answer);
    void askLegacy(const std::shared_ptr<Run> &run, const QList<LegacyGroup> &groups);
    void settle(const std::shared_ptr<Run> &run);

    Client &m_client;
    QHash<QString, Root> m_roots; // "/api", "/apis"
};

} // namespace kube
