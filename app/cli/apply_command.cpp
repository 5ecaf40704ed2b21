// SPDX-License-Identifier: GPL-3.0-or-later
// apply: manifests by server-side apply, with the diff of what the server makes of them, whose fields they want, and the journal.
#include "app/cli/change_prompt.h"
#include "app/cli/field_validation.h"
#include "app/manifest_files.h"
#include "app/manifest_places.h"
#include "app/server_side_apply.h"

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

// All of them or none: half of somebody's manifests is not what he meant.
kube::Result<std::vector<WishedObject>> manifestsAt(const QStringList &paths, const std::stop_token &stop)
{
    std::vector<WishedObject> all;
    for (const QString &path : paths) {
        const QStringList files = manifestFilesAt(path);
        if (files.isEmpty())
            return kube::failure(kube::Error::Kind::Config,
                                 u"%1 holds no *.yaml, *.yml or *.json"_s.arg(path));
        for (const QString &file : files) {
            const auto text = readManifestFile(file, stop);
            if (!text)
                return kube::failure(kube::Error::Kind::Config, QString::fromStdString(text.error().message));
            auto objects = ManifestReader::placedManifests(*text, file);
            if (!objects)
                return kube::failure(kube::Error::Kind::Config,
                                     QString::fromStdString(objects.error().message));
            for (PlacedManifest &one : *objects)
                all.push_back({std::move(one.object), one.place()});
        }
    }
    if (all.empty())
        return kube::failure(kube::Error::Kind::Config,
                             u"%1: there is no object to apply"_s.arg(paths.join(u", "_s)));
    return all;
}

int sayConflicts(const Output &output, const QList<FieldOwner> &conflicts)
{
    if (output.format() != Format::Table) {
        edge::Value items = edge::Value::array();
        for (const FieldOwner &one : conflicts)
            items.push(edge::Value::object({{"object", value(one.object.text())},
                                            {"field", value(one.field)},
                                            {"manager", value(one.manager)}}));
        output.document("ApplyConflicts", edge::Value::object({{"items", std::move(items)}}));
    } else {
        Table table{{u"OBJECT"_s, u"FIELD"_s, u"OWNED BY"_s}, {}};
        for (const FieldOwner &one : conflicts)
            table.rows.append({{one.object.text()}, {one.field}, {one.manager}});
        output.table(table);
    }
    return output.fail(
        u"nothing was written: others own fields that these manifests want to be otherwise; leave those out, or take them over by --force-conflicts"_s);
}

// By the server's dry run, mostly; whoever asked for a document gets one that says so.
int sayRefusal(const Output &output, const QString &context, const QString &why)
{
    if (output.format() != Format::Table) {
        models::ChangeReview refused;
        refused.context = context;
        refused.dryRunMessage = why;
        const WriteDocument document{"ApplyResult"};
        output.document(document.kind, document.content(refused, {}));
    }
    return output.fail(why);
}

} // namespace

int runApply(Invocation &invocation)
{
    const QStringList paths = invocation.parser.values(u"filename"_s);
    if (paths.isEmpty())
        return wrongUsage(invocation, u"apply needs -f FILE, a folder, or - for standard input"_s);
    const auto validation = fieldValidationOf(invocation.parser.value(u"validate"_s));
    if (!validation)
        return wrongUsage(invocation, validation.error().message);
    auto objects = manifestsAt(paths, invocation.session.stop());
    if (!objects)
        return invocation.output.fail(objects.error().message);
    Session &session = invocation.session;
    const auto client = session.client();
    if (!client)
        return invocation.output.fail(client.error().message);
    (*client)->setFieldValidation(*validation);
    ServerSideWish wish;
    wish.objects = std::move(*objects);
    wish.nameSpace = session.wantedNamespace();
    wish.isNameSpaceChosen = !wish.nameSpace.isEmpty();
    if (wish.nameSpace.isEmpty())
        wish.nameSpace = (*client)->transport().connection().nameSpace;
    wish.fieldManager = invocation.parser.value(u"field-manager"_s);
    wish.takesOver = invocation.parser.isSet(u"force-conflicts"_s);
    const auto plan = planServerSide(**client, wish, session.stop());
    if (!plan)
        return sayRefusal(invocation.output, (*client)->transport().connection().context,
                          plan.error().message + wayRoundValidation(plan.error()));
    if (!plan->conflicts.isEmpty())
        return sayConflicts(invocation.output, plan->conflicts);
    for (const models::ObjectRef &object : plan->alike)
        invocation.output.note(u"note: %1 is so already"_s.arg(object.text()));
    for (const QString &leftovers : plan->leftovers)
        invocation.output.note(u"note: "_s + leftovers);
    const WriteDocument document{"ApplyResult", plan->alike, plan->leftovers};
    const bool isTable = invocation.output.format() == Format::Table;
    if (isTable && plan->review.changes.changes.isEmpty() && !plan->leftovers.isEmpty()) {
        invocation.output.line(u"nothing to change: all that the manifests name is so already"_s);
        return AllWell;
    }
    return confirmAndWrite(
        invocation, plan->review,
        [&](const Journal &journal) { return applyServerSide(**client, journal, *plan, session.stop()); },
        document);
}

} // namespace app::cli
