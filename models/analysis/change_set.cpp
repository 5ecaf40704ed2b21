// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/change_set.h"

#include "models/analysis/desired_state.h"
#include "models/analysis/json_patch.h"
#include "models/analysis/line_diff.h"
#include "models/analysis/secret_values.h"
#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

using edge::Value;

Value parsed(const QByteArray &json)
{
    return edge::parseJson(std::string_view(json.constData(), size_t(json.size()))).value_or(Value());
}

QByteArray bytes(const Value &value) { return QByteArray::fromStdString(edge::toJson(value)); }

QStringList linesOf(const std::optional<Value> &object)
{
    if (!object)
        return {};
    Value shown = withoutServerFields(*object);
    if (shown["kind"].text() == "Secret")
        shown = withoutSecretValues(std::move(shown));
    return text(edge::toYaml(shown)).trimmed().split(u'\n');
}

// What a size alone does not show: which values of a Secret are other ones.  isPatch: after names only what is another one.
QStringList otherValues(const Value &before, const Value &after, bool isPatch)
{
    QStringList keys;
    for (const auto &[key, value] : after["data"].members()) {
        const Value *had = before["data"].find(key);
        if (had && (isPatch || !(*had == value)) && !value.isNull()
            && withoutSecretValues(Value::object({{"data", Value::object({{key, *had}})}}))
                == withoutSecretValues(Value::object({{"data", Value::object({{key, value}})}})))
            keys.append(text(key));
    }
    return keys;
}

QString diffWith(const std::optional<Value> &before, const std::optional<Value> &after,
                 const QStringList &otherKeys)
{
    const Value &any = after ? *after : before ? *before : Value();
    const ObjectRef subject{text(any["kind"]), text(any.at({"metadata", "namespace"})),
                            text(any.at({"metadata", "name"}))};
    const QString was = before ? subject.text() + u", now"_s : u"/dev/null"_s,
                  will = after ? subject.text() + u", then"_s : u"/dev/null"_s;
    const QString diff = lineDiff({was, linesOf(before)}, {will, linesOf(after)});
    if (otherKeys.isEmpty())
        return diff;
    const QString head = diff.isEmpty() ? u"--- %1\n+++ %2\n"_s.arg(was, will) : QString();
    return head + diff + u"# another value of the same size: %1\n"_s.arg(otherKeys.join(u", "_s));
}

bool isSecret(const std::optional<Value> &object) { return object && (*object)["kind"].text() == "Secret"; }

} // namespace

ObjectRef Change::subject() const { return {type.kind, nameSpace, name}; }

Value withoutServerFields(Value object)
{
    object.erase("status");
    if (!object["metadata"].isObject())
        return object;
    Value &metadata = object.child("metadata");
    for (const std::string_view key :
         {"resourceVersion", "generation", "uid", "managedFields", "creationTimestamp", "selfLink"})
        metadata.erase(key);
    if (metadata["annotations"].isObject()) {
        Value &annotations = metadata.child("annotations");
        annotations.erase("deployment.kubernetes.io/revision");
        if (annotations.members().empty())
            metadata.erase("annotations");
    }
    return object;
}

std::optional<Change> changeTo(const Value &desired, const kube::ResourceType &type,
                               const std::optional<Value> &current)
{
    Change change;
    change.type = type;
    change.nameSpace = type.namespaced ? text(desired.at({"metadata", "namespace"})) : QString();
    change.name = text(desired.at({"metadata", "name"}));
    change.before = current;
    const Value wanted = withoutServerFields(desired);
    if (!current) {
        change.verb = Change::Verb::Create;
        change.body = bytes(wanted);
        return change;
    }
    const Value patch = patchTo(wanted, *current);
    if (patch.members().empty())
        return {};
    change.body = bytes(patch);
    return change;
}

QByteArray patchOfThatVersion(const Change &change)
{
    const Value version = change.before ? change.before->at({"metadata", "resourceVersion"}) : Value();
    if (version.isNull())
        return change.body;
    Value patch = parsed(change.body);
    patch.child("metadata").set("resourceVersion", version);
    if (const Value *uid =
            (*change.before)["metadata"].find("uid")) // versions of another cluster may be the same
        patch.child("metadata").set("uid", *uid);
    return bytes(patch);
}

QString whyNotReversible(const Change &applied)
{
    if (applied.type.kind != "Secret"_L1 || applied.verb == Change::Verb::Create)
        return {};
    const bool kept = applied.before && !hasRedactedValues(*applied.before);
    return kept
        ? QString()
        : u"%1: its values before the change were not kept, since keys are never written down; set it back by hand"_s
              .arg(applied.subject().text());
}

QString warningOfNoReturn(const Change &planned)
{
    const bool isLost = planned.type.kind == "Secret"_L1 && planned.before
        && hasRedactedValues(withoutSecretValues(*planned.before));
    return isLost
        ? u"%1: the journal keeps no values of Secrets, so it cannot take this back; keep those that are there now yourself, if you may need them"_s
              .arg(planned.subject().text())
        : QString();
}

QString unifiedDiff(const std::optional<Value> &before, const std::optional<Value> &after)
{
    return diffWith(before, after,
                    isSecret(before) && isSecret(after) ? otherValues(*before, *after, false)
                                                        : QStringList());
}

QString unifiedDiff(const Change &change)
{
    const bool isPatched = change.verb == Change::Verb::MergePatch && isSecret(change.before);
    return diffWith(change.before, stateAfter(change),
                    isPatched ? otherValues(*change.before, parsed(change.body), true) : QStringList());
}

Value applied(const std::optional<Value> &before, const Change &change)
{
    switch (change.verb) {
    case Change::Verb::Create: return parsed(change.body);
    case Change::Verb::MergePatch: return edge::mergePatch(before.value_or(Value()), parsed(change.body));
    case Change::Verb::JsonPatch:
        return afterJsonPatch(before.value_or(Value()), parsed(change.body))
            .value_or(before.value_or(Value()));
    case Change::Verb::Remove: break;
    }
    return {};
}

std::optional<Value> stateAfter(const Change &change)
{
    if (change.verb == Change::Verb::Remove)
        return {};
    return applied(change.before, change);
}

} // namespace models
