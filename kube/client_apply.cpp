// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/client_apply.h"

#include "kube/answer.h"
#include "kube/client_side_apply.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

QByteArray bytesOf(const QJsonObject &object) { return QJsonDocument(object).toJson(QJsonDocument::Compact); }

// A creation may name none; of whoever creates at the same time only one does.
QJsonObject withoutVersion(QJsonObject object)
{
    QJsonObject metadata = object[u"metadata"].toObject();
    metadata.remove(u"resourceVersion"_s);
    object.insert(u"metadata"_s, metadata);
    return object;
}

// Lives until its answer is given, in the functions that wait for the server.
struct Apply
{
    Client &client;
    ApplyPlace place;
    QJsonObject wanted;
    WriteOptions options;
    std::stop_token stop;
    Answer<Object> answer;

    using Self = std::shared_ptr<Apply>;

    static void begin(const Self &self)
    {
        whenAnswered(self->client.get(self->place.type, self->place.nameSpace, self->place.name, self->stop),
                     &self->client, [self](const Result<Object> &current) {
                         if (current)
                             return patch(self, *current, ListMerge::ByKeys);
                         if (current.error().kind != Error::Kind::NotFound)
                             return self->answer.give(current);
                         finish(self,
                                self->client.create(self->place.type, self->place.nameSpace,
                                                    bytesOf(withoutVersion(self->wanted)), self->options,
                                                    self->stop));
                     });
    }

    static void patch(const Self &self, const Object &current, ListMerge lists)
    {
        const QJsonObject now = QJsonDocument::fromJson(current.json).object();
        const QJsonObject body = applyPatch(lastApplied(now), self->wanted, now, lists);
        if (body.isEmpty())
            return self->answer.give(current);
        const PatchType how = lists == ListMerge::ByKeys ? PatchType::Strategic : PatchType::Merge;
        whenAnswered(self->client.patch(how, self->place.type, self->place.nameSpace, self->place.name,
                                        bytesOf(body), self->options, self->stop),
                     &self->client, [self, current, lists](const Result<Object> &patched) {
                         const bool isUnknown = !patched && patched.error().httpStatus == 415;
                         if (isUnknown && lists == ListMerge::ByKeys) // a custom resource
                             return patch(self, current, ListMerge::Whole);
                         self->answer.give(patched);
                     });
    }

    static void finish(const Self &self, const QFuture<Result<Object>> &future)
    {
        whenAnswered(future, &self->client, [self](const Result<Object> &done) { self->answer.give(done); });
    }
};

} // namespace

QFuture<Result<Object>> applyByClient(Client &client, ApplyPlace place, QByteArray json, WriteOptions options,
                                      std::stop_token stop)
{
    QJsonParseError error;
    const QJsonObject object = QJsonDocument::fromJson(json, &error).object();
    const bool isSecret = place.type == types::secrets();
    const std::shared_ptr<Apply> apply(new Apply{client,
                                                 std::move(place),
                                                 isSecret ? object : withLastApplied(object),
                                                 std::move(options),
                                                 std::move(stop),
                                                 {}});
    QFuture<Result<Object>> future = apply->answer.future();
    if (object.isEmpty())
        apply->answer.give(failure(
            Error::Kind::Invalid, u"what is to be applied is no JSON object: %1"_s.arg(error.errorString())));
    else
        Apply::begin(apply);
    return future;
}

} // namespace kube
