// SPDX-License-Identifier: GPL-3.0-or-later
// edit: one object in the editor of whoever runs this; what somebody else changes meanwhile is brought together with it field by field.
#include "app/cli/change_prompt.h"
#include "app/cli/edit_text.h"
#include "app/cli/field_validation.h"
#include "app/cli/kind_names.h"
#include "app/cli/text_editor.h"
#include "app/cli/whereabouts.h"
#include "app/rights.h"
#include "models/analysis/secret_values.h"
#include "models/resources/text.h"

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
        const int code = edited();
        keepWork();
        if (m_invocation.output.format() != Format::Table)
            m_invocation.output.document(Kind, document());
        return code;
    }

private:
    static constexpr const char *Kind = "EditResult";

    int edited()
    {
        if (const QString why = whyNotEditable(); !why.isEmpty())
            return fail(why);
        auto current = now();
        if (!current)
            return fail(current.error().message);
        begin(*current);
        while (!m_code) {
            edit();
            while (!m_code && m_isBroughtTogether)
                write();
        }
        return *m_code;
    }

    int fail(const QString &why)
    {
        m_why = why;
        return m_invocation.output.fail(why);
    }
    void end(int code) { m_code = code; }
    bool isDryRun() const { return m_invocation.parser.isSet(u"dry-run"_s); }
    bool isSecret() const { return m_type == kube::types::secrets(); }
    std::stop_token stop() const { return m_invocation.session.stop(); }

    // Before anybody has put work into it.
    QString whyNotEditable()
    {
        if (const QString why = whyReadOnly(m_client); !why.isEmpty() && !isDryRun())
            return why;
        models::Change change;
        change.type = m_type;
        change.nameSpace = m_nameSpace;
        change.name = m_name;
        return missingRightsText(m_client, missingRights(m_client, rightsFor({change}), stop()));
    }

    // What was not written is the person's work, and is not lost with the editor's file.
    void keepWork()
    {
        if (m_isWritten || m_work.isEmpty())
            return;
        if (isSecret())
            return m_invocation.output.note(
                u"your edit is not kept in a file, since values of a Secret may stand in it"_s);
        const auto path = keptText(m_work, u".yaml"_s);
        m_invocation.output.note(path ? u"your edit is kept in %1"_s.arg(*path)
                                      : u"your edit cannot be kept: "_s + path.error().message);
    }

    // All of standard output: of the last review, or of why there was none.
    edge::Value document() const
    {
        if (!m_document.isNull())
            return m_document;
        models::ChangeReview none;
        none.changes.title = u"Edit "_s + subject().text();
        none.context = m_client.transport().connection().context;
        WriteDocument said{Kind};
        if (m_isAlike)
            said.alike = {subject()};
        if (!m_why.isEmpty())
            said.notes = {m_why};
        return said.content(none, {});
    }

    models::ObjectRef subject() const { return {m_type.kind, m_nameSpace, m_name}; }

    kube::Result<CurrentState> now()
    {
        auto current = currentStateWithPrints(m_client, m_type, m_nameSpace, m_name, stop());
        if (!current)
            return tl::unexpected(current.error());
        if (current->object)
            return std::move(*current);
        auto none =
            kube::failure(kube::Error::Kind::NotFound, u"%1 \"%2\" not found"_s.arg(m_type.plural, m_name));
        return tl::unexpected(
            withWhereabouts(m_invocation.session, m_client, {m_type, m_nameSpace, m_name}, none.value()));
    }

    // What the edit is compared with from now on, and what is shown.
    void begin(const CurrentState &base)
    {
        know(base);
        m_text = editText(m_base, {});
    }

    void know(const CurrentState &state)
    {
        m_base = models::withoutServerFields(*state.object);
        m_uid = uidOf(state);
        m_prints = state.prints;
    }
    static QString uidOf(const CurrentState &state)
    {
        return models::text(state.object->at({"metadata", "uid"}));
    }

    // Shown again with what is wrong above it.
    void again(const QString &why)
    {
        m_why = why;
        m_invocation.output.note(u"error: "_s + why);
        m_text = withNotes(m_text, {u"It was not written: "_s + why});
        m_isAgain = true;
        if (++m_refusals >= MaxRefusals
            && !isAtTerminal()) // a program that does what it does, whatever is said to it
            end(fail(
                u"the editor has saved %1 times what cannot be written, and nobody is at a terminal to mend it"_s
                    .arg(m_refusals)));
    }

    void edit()
    {
        QByteArray saved;
        const auto text = editedText(m_text, u".yaml"_s, stop(), &saved);
        if (!text) {
            if (!saved.isEmpty() && saved != m_text)
                m_work = saved;
            return end(fail(text.error().message));
        }
        if (*text == m_text)
            return endUnchanged(m_isAgain ? u"no valid changes were saved"_s : u"no changes made"_s);
        m_text = *text;
        const auto mine = readEdited(*text, m_base);
        if (mine && !*mine) {
            m_why = u"Edit cancelled, saved file was empty."_s;
            m_invocation.output.note(m_why);
            return end(AllWell);
        }
        m_work = *text;
        if (!mine)
            return again(mine.error().message);
        m_mine = **mine;
        m_isBroughtTogether = true;
    }

    void endUnchanged(const QString &why)
    {
        m_why = u"Edit cancelled, %1."_s.arg(why);
        m_invocation.output.note(m_why);
        end(m_isAgain ? CouldNot : AllWell);
    }

    void write()
    {
        m_isBroughtTogether = false;
        const auto theirs = now();
        if (!theirs)
            return end(fail(theirs.error().message));
        const edge::Value there = models::withoutServerFields(*theirs->object);
        const kube::ThreeWay all = isSecret()
            ? secretsTogether({m_base, m_prints}, m_mine, {there, theirs->prints})
            : kube::threeWay(models::jsonOf(m_base), models::jsonOf(m_mine), models::jsonOf(there));
        if (uidOf(*theirs) != m_uid)
            return showAnother(all, *theirs);
        if (!all.conflicts.isEmpty())
            return showConflicts(all, *theirs);
        if (all.patch == "{}") {
            m_work.clear();
            m_document = {};
            m_isAlike = true;
            return endUnchanged(u"no changes made"_s);
        }
        if (const QString field = isSecret()
                ? models::redactedField(models::valueOf(QJsonDocument::fromJson(all.patch).object()))
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
        change.before = theirs->object;
        send(change);
    }

    QStringList textsOf(const QList<kube::EditConflict> &conflicts) const
    {
        QStringList fields;
        for (const kube::EditConflict &conflict : conflicts)
            fields.append(models::conflictText(conflict, isSecret()));
        return fields;
    }

    // Theirs stays, and the person says what it shall be.
    void showConflicts(const kube::ThreeWay &all, const CurrentState &theirs)
    {
        const QStringList fields = textsOf(all.conflicts);
        m_invocation.output.note(u"somebody else has changed the same meanwhile:\n  "_s
                                 + fields.join(u"\n  "_s));
        m_why = u"somebody else has changed the same meanwhile: "_s + fields.join(u"; "_s);
        showTogether(
            all, theirs,
            {u"Somebody else has changed the same meanwhile; theirs stands below, with the rest of your edit:\n"_s
                 + fields.join(u'\n'),
             u"Edit those fields, or take away these lines to have it as it stands below."_s});
    }

    // What was edited is no more: whoever made the new one may not want the edit in it.
    void showAnother(const kube::ThreeWay &all, const CurrentState &theirs)
    {
        m_why = u"%1 was deleted and made anew meanwhile: it is another object now"_s.arg(subject().text());
        m_invocation.output.note(m_why);
        const QStringList fields = textsOf(all.conflicts);
        showTogether(
            all, theirs,
            {u"It was deleted and made anew meanwhile; the new object stands below, with your edit in it%1"_s
                 .arg(fields.isEmpty() ? u"."_s : u" but for:\n"_s + fields.join(u'\n')),
             u"Take away these lines to have it as it stands below, or leave the text as it is to write nothing."_s});
    }

    void showTogether(const kube::ThreeWay &all, const CurrentState &theirs, const QStringList &notes)
    {
        know(theirs);
        m_text = editText(models::valueOf(all.merged), notes);
        m_isAgain = true;
    }

    void send(const models::Change &change)
    {
        const models::ChangeSet changes{u"Edit "_s + change.subject().text(), {change}, {}, {}};
        std::optional<kube::Error> refused;
        const models::ChangeReview reviewed =
            review(m_client, changes, purposeOf(m_invocation), stop(), &refused);
        WriteDocument said{Kind};
        said.instead = &m_document;
        if (!reviewed.dryRunOk) {
            m_document = said.content(reviewed, {});
            const QString why = reviewed.dryRunMessage + (refused ? wayRoundValidation(*refused) : QString());
            if (!goesOn(refused, why))
                end(fail(why));
            return;
        }
        const int code = confirmAndWrite(
            m_invocation, reviewed,
            [&](const Journal &journal) {
                ApplyOutcome outcome = apply(m_client, journal, reviewed.changes, {}, stop());
                refused = outcome.error;
                m_isWritten = !outcome.error && !outcome.entries.isEmpty();
                return outcome;
            },
            said);
        if (!refused || !goesOn(refused, refused->message))
            end(code);
    }

    // Where another round helps: what somebody else has changed is brought together, what the server does not take is edited.  No
    // editing helps against a lost connection or Ctrl+C.
    bool goesOn(const std::optional<kube::Error> &refused, const QString &why)
    {
        using ErrorKind = kube::Error::Kind;
        const ErrorKind kind = refused ? refused->kind : ErrorKind::Cancelled;
        if (kind == ErrorKind::Conflict && ++m_races < MaxRaces)
            m_isBroughtTogether = true;                                      // with what is there now
        else if (kind == ErrorKind::Invalid || kind == ErrorKind::Forbidden) // a webhook's no is the latter
            again(why);
        else
            return false;
        return true;
    }

    static constexpr int MaxRaces = 5, MaxRefusals = 5;

    Invocation &m_invocation;
    kube::Client &m_client;
    kube::ResourceType m_type;
    QString m_nameSpace, m_name;
    edge::Value m_base, m_mine;
    QString m_uid;               // of m_base
    kube::SecretPrints m_prints; // of m_base, if it is a Secret
    QByteArray m_text;
    QByteArray m_work;      // as it was saved last, after a change
    QString m_why;          // the last that was said of why nothing is written
    edge::Value m_document; // of the last review
    bool m_isAlike = false; // it is there already as it was edited
    bool m_isWritten = false;
    bool m_isAgain = false;           // after something that was wrong: saved as it is, it is given up
    bool m_isBroughtTogether = false; // m_mine is to be written
    int m_refusals = 0;
    int m_races = 0; // lost since the object was read
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
    const auto validation = fieldValidationOf(invocation.parser.value(u"validate"_s));
    if (!validation)
        return wrongUsage(invocation, validation.error().message);
    Session &session = invocation.session;
    const auto client = session.client();
    if (!client)
        return invocation.output.fail(client.error().message);
    (*client)->setFieldValidation(*validation);
    const auto resource = resourceNamed(session, **client, target.kind);
    if (!resource)
        return invocation.output.fail(resource.error().message);
    const QString nameSpace = resource->type.namespaced ? session.nameSpaceOfOne(**client) : QString();
    return ObjectEdit(invocation, **client, resource->type, nameSpace, target.names.first()).run();
}

} // namespace app::cli
