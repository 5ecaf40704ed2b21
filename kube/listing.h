// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// All pages of one list, for Client::list().  A page that has expired (410) starts the whole list once more,
// in one piece (facts kube-client.md §1.4).
#include "kube/answer.h"
#include "kube/client.h"
#include "kube/object_reader.h"

namespace kube {

QString withQuery(const QString &path, const QList<QPair<QString, QString>> &items);

class Listing : public std::enable_shared_from_this<Listing>
{
public:
    Listing(Client &client, ResourceType type, const QString &nameSpace, ListOptions options,
            std::stop_token stop);
    QFuture<Result<ObjectList>> future() { return m_answer.future(); }
    void start() { ask({}, PageSize); } // on the cluster thread

    static constexpr int PageSize = 500;

private:
    void ask(const QString &continueToken, int limit);
    Result<ListPage> readPage(const QByteArray &body);
    void answered(const Result<HttpResponse> &answer, bool isFirst);

    Client &m_client;
    ResourceType m_type;
    QString m_path;
    ListOptions m_options;
    std::stop_token m_stop;
    ObjectList m_list;
    Answer<ObjectList> m_answer;
};

} // namespace kube
