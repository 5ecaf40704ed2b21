// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What to say where something that was named is not there: which namespace was searched, and which has one of that name; or that the
// API server does not know the kind at all.  Each asks the server once or twice more.
#include "app/cli/session.h"

namespace app::cli {

struct SoughtObject
{
    kube::ResourceType type;
    QString nameSpace, name;
};
// error of reading it; one that is not NotFound stays as it is.
kube::Error withWhereabouts(const Session &session, kube::Client &client, const SoughtObject &sought,
                            kube::Error error);
// "in namespace shop", or that there is none of that name; "" for all of them.
QString searchedText(const Session &session, kube::Client &client, const QString &nameSpace);
// Which of Ambassador's kinds (plurals) the API server does not serve, in a sentence; "" it serves them, or they were read from files.
QString whyUnserved(Session &session, const QStringList &plurals);

} // namespace app::cli
