// SPDX-License-Identifier: GPL-3.0-or-later
// edit: one object in the editor of whoever runs this; what somebody else changes meanwhile is brought together with it field by field.
#include "app/cli/change_prompt.h"
#include "app/cli/edit_text.h"
#include "app/cli/kind_names.h"
#include "app/cli/text_editor.h"
#include "app/cli/whereabouts.h"
#include "app/rights.h"
#include "models/analysis/secret_values.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

class ObjectEdit
{
public:
    ObjectEdit(Invocation &invocation, kube::Client &client, kube::ResourceType type, QString nameSpace,
               QString name)
        : m_invocation(invocation)
        , m_client(client)
        , m_type(std::move(type))
        , m_nameSpace(std::move(nameSpace))
        , m_name(std::move(name))
    {
    }

    int run()
    {
        if (const QString why = whyNotEditable(); !why.isEmpty())
            return fail(why);
        auto current = now();
        if (!current)
            return fail(current.error().message);
        begin(*current, {});
        while (!m_code) {
            edit();
            while (!m_code && m_isBroughtTogether)
                write();
        }
        return *m_code;
    }

private:
    int fail(const QString &why) { return m_invocation.output.fail(why); }
    void end(int code) { m_code = code; }
    bool isSecret() const { return m_type == kube::types::secrets(); }
    std::stop_token stop() const { return m_invocation.session.stop(); }

    // Before anybody has put work into it.
    QString whyNotEditable()
    {
        const kube::Connection &connection = m_client.transport().connection();
        if (connection.mode == kube::WriteMode::ReadOnly)
            return u"context %1 is read-only; edit in another context, or choose another mode for it in the console"_s
                .arg(connection.context);
        models::Change change;
        change.type = m_type;
        change.nameSpace = m_nameSpace;
        change.name = m_name;
        return missingRightsText(m_client, missingRights(m_client, rightsFor({change}), stop()));
    }

    kube::Result<edge::Value> now()
    {
        auto current = currentState(m_client, m_type, m_nameSpace, m_name, stop());
        if (!current)
            return tl::unexpected(current.error());
        if (*current)
            return std::move(**current);
        auto none =
            kube::failure(kube::Error::Kind::NotFound, u"%1 \"%2\" not found"_s.arg(m_type.plural, m_name));
        return tl::unexpected(
            withWhereabouts(m_invocation.session, m_client, {m_type, m_nameSpace, m_name}, none.value()));
    }

    // What the edit is compared with from now on, and what is shown.
    void begin(const edge::Value &base, const QStringList &notes)
    {
        m_base = models::withoutServerFields(base);
        m_text = editText(m_base, notes);
    }

    // Shown again with what is wrong above it.
    void again(const QString &why)
    {
        m_invocation.output.note(u"error: "_s + why);
        m_text = withNotes(m_text, {u"It was not written: "_s + why});
        m_isAgain = true;
    }

    void edit()
    {
        const auto text = editedText(m_text, u".yaml"_s, stop());
        if (!text)
            return end(fail(text.error().message));
        if (*text == m_text)
            return endUnchanged(m_isAgain ? u"no valid changes were saved"_s : u"no changes made"_s);
        m_text = *text;
        const auto mine = readEdited(*text, m_base);
        if (!mine)
            return again(mine.error().message);
        if (!*mine) {
            m_invocation.output.note(u"Edit cancelled, saved file was empty."_s);
            return end(AllWell);
        }
        m_mine = **mine;
        m_isBroughtTogether = true;
    }

    void endUnchanged(const QString &why)
    {
        m_invocation.output.note(u"Edit cancelled, %1."_s.arg(why));
        end(m_isAgain ? CouldNot : AllWell);
    }

    void write()
    {
        m_isBroughtTogether = false;
        const auto theirs = now();
        if (!theirs)
            return end(fail(theirs.error().message));
        const kube::ThreeWay all =
            kube::threeWay(jsonOf(m_base), jsonOf(m_mine), jsonOf(models::withoutServerFields(*theirs)));
        if (!all.conflicts.isEmpty())
            return showConflicts(all, *theirs);
        if (all.patch == "{}")
            return endUnchanged(u"no changes made"_s);
        if (const QString field = isSecret()
                ? models::redactedField(valueOf(QJsonDocument::fromJson(all.patch).object()))
                : QString();
            !field.isEmpty())
            return again(
                u"%1 is a size such as {12 bytes} where a value belongs; write the value itself"_s.arg(
                    field));
        models::Change change;
        change.verb = models::Change::Verb::MergePatch;
        change.type = m_type;
        change.nameSpace = m_nameSpace;
        change.name = m_name;
        change.body = all.patch;
        change.before = *theirs;
        send(change);
    }

    // Theirs stays, and the person says what it shall be.
    void showConflicts(const kube::ThreeWay &all, const edge::Value &theirs)
    {
        QStringList fields;
        for (const kube::EditConflict &conflict : all.conflicts)
            fields.append(conflictText(conflict, isSecret()));
        m_invocation.output.note(u"somebody else has changed the same meanwhile:\n  "_s
                                 + fields.join(u"\n  "_s));
        m_base = models::withoutServerFields(theirs);
        m_text = editText(
            valueOf(all.merged),
            {u"Somebody else has changed the same meanwhile; theirs stands below, with the rest of your edit:\n"_s
                 + fields.join(u'\n'),
             u"Edit those fields, or take away these lines to have it as it stands below."_s});
        m_isAgain = true;
    }

    void send(const models::Change &change)
    {
        const models::ChangeSet changes{u"Edit "_s + change.subject().text(), {change}, {}, {}};
        const models::ChangeReview reviewed = review(m_client, changes, stop());
        if (!reviewed.dryRunOk)
            return again(reviewed.dryRunMessage);
        std::optional<kube::Error> refused;
        const int code = confirmAndWrite(
            m_invocation, reviewed,
            [&](const Journal &journal) {
                ApplyOutcome outcome = apply(m_client, journal, reviewed.changes, {}, stop());
                refused = outcome.error;
                return outcome;
            },
            WriteDocument{"EditResult"});
        using Kind = kube::Error::Kind;
        if (refused && refused->kind == Kind::Conflict && ++m_races < MaxRaces)
            m_isBroughtTogether = true; // with what is there now
        else if (refused && refused->kind == Kind::Invalid)
            again(refused->message);
        else
            end(code);
    }

    static constexpr int MaxRaces = 5;

    Invocation &m_invocation;
    kube::Client &m_client;
    kube::ResourceType m_type;
    QString m_nameSpace, m_name;
    edge::Value m_base, m_mine;
    QByteArray m_text;
    bool m_isAgain = false;           // after something that was wrong: saved as it is, it is given up
    bool m_isBroughtTogether = false; // m_mine is to be written
    int m_races = 0;                  // lost after the diff was confirmed
    std::optional<int> m_code;
};

} // namespace

int runEdit(Invocation &invocation)
{
    const auto targets = readTargets(invocation.arguments);
    if (!targets || targets->size() != 1 || targets->first().names.size() != 1
        || targets->first().kind.contains(u','))
        return wrongUsage(invocation, u"edit needs one object: KIND NAME or KIND/NAME, such as svc/web"_s);
    const NamedTarget &target = targets->first();
    Session &session = invocation.session;
    const auto client = session.client();
    if (!client)
        return invocation.output.fail(client.error().message);
    const auto resource = resourceNamed(session, **client, target.kind);
    if (!resource)
        return invocation.output.fail(resource.error().message);
    const QString nameSpace = resource->type.namespaced ? session.nameSpaceOfOne(**client) : QString();
    return ObjectEdit(invocation, **client, resource->type, nameSpace, target.names.first()).run();
}

} // namespace app::cli
