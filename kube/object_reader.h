// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// JSON of the API server → Objects, on the cluster thread and before anything is stored: managedFields are cut out, list items get
// the kind and apiVersion that typed lists leave away, and a Secret keeps only what is public (facts kube-client.md §1.4–1.6):
// of data the CERTIFICATE blocks (also those in a kubeconfig), everything else becomes "{n bytes}", a private key that is not the
// one of the certificate beside it "{n bytes, …}" (secret_key_notes.h); of its annotations those stay that are known to hold
// names (a service account's, Helm's, cert-manager's): any other may be a tool's copy of the data in a form of its own.
// What was cut away leaves a fingerprint (secret_print.h).
// Of an object's managers the one of the newest write stands first; times are whole seconds, so where several wrote in that one, what
// each owns is kept too.
// Number texts and the order of keys stay as sent.  Malformed JSON is an Error, never an Object.
#include "kube/object.h"
#include "kube/resource_type.h"
#include "kube/result.h"

namespace kube {

struct ListPage
{
    QList<Object> items;
    QString resourceVersion;
    QString continueToken; // "": the last page
    qint64 remaining = -1; // after this page; -1: the server does not say
};

struct WatchEvent
{
    enum class Type {
        Added,
        Modified,
        Deleted,
        Bookmark, // object has only its resourceVersion
        Failed,   // the server's ERROR: see error
        Foreign   // an object of another kind (Table …): to be skipped
    };
    Type type = Type::Foreign;
    Object object;
    Error error;
    bool endsInitialEvents = false; // of a Bookmark: the whole state has been sent
};

Result<Object> readObject(const ResourceType &type, const QByteArray &json);
Result<ListPage> readList(const ResourceType &type, const QByteArray &json);
Result<WatchEvent> readEvent(const ResourceType &type, const QByteArray &line);

} // namespace kube
