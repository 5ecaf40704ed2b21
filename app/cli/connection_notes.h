// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a connection of this program says beside its answers, on standard error: the server's warnings and a sign-in plug-in's
// words to its user, each once for the whole program; with -v every request.  And whether that plug-in may run at all, by
// --exec-policy; a question is asked once.
// Not promised: locks.  One connection at a time speaks here, whichever thread it lives on.
#include "kube/client.h"

#include <QHash>
#include <QSet>

#include <functional>
#include <stop_token>

namespace app::cli {

struct SessionOptions;

class ConnectionNotes
{
public:
    using Say = std::function<void(const QString &line)>; // called on the connection's thread
    ConnectionNotes(Say say, bool isVerbose)
        : m_say(std::move(say))
        , m_isVerbose(isVerbose)
    {
    }
    void warned(const QString &text); // of the API server, as kubectl shows it
    void signIn(const QString &text);
    void waits(const QString &why, int seconds);   // a request is repeated
    void ended(const kube::RequestRecord &record); // "GET /version 200 3 ms"; shown with -v only
    void listenTo(kube::Client &client);           // as long as that lives, which this must outlive
    // Limits, plug-in policy and what to do about either, in this program's words.  This outlives the connection.
    void prepare(kube::Connection &connection, const SessionOptions &options);

private:
    void sayOnce(const QString &line);
    bool isAllowed(const QString &question, const std::stop_token &stop);

    Say m_say;
    bool m_isVerbose;
    QSet<QString> m_said;
    QHash<QString, bool> m_answers; // by question
};

} // namespace app::cli
