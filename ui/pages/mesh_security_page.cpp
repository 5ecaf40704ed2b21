// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/mesh_security_page.h"

#include "ui/card.h"
#include "ui/chip.h"
#include "ui/namespace_scope.h"
#include "ui/table_pane.h"
#include "ui/text_label.h"
#include "ui/tile_row.h"
#include "ui/write_words.h"

#include <QHBoxLayout>
#include <QPushButton>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

using models::MtlsMode;
using models::Severity;
using models::WorkloadPosture;

MeshSecurityPage::MeshSecurityPage(QWidget *parent)
    : PageFrame(u"mesh"_s, tr("Mesh security"), parent)
    , m_tiles(new TileRow(this))
    , m_pane(new TablePane(u"postures"_s, {tr("port of a workload"), tr("ports of workloads")}, this))
{
    setKinds(tr("PeerAuthentications"));
    m_pane->setEmpty(
        {.title = tr("No workloads"), .text = tr("No pod was found whose ports could be judged.")});
    auto *content = new QWidget(this);
    auto *top = new QVBoxLayout;
    top->setContentsMargins(scaled(Measure::PageMargin), scaled(4), scaled(Measure::PageMargin), 0);
    top->setSpacing(scaled(Measure::WideGap));
    top->addWidget(m_tiles);
    top->addWidget(buildMode());
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(scaled(4));
    column->addLayout(top);
    column->addWidget(m_pane, 1);
    column->addWidget(buildFoot());
    setContent(content);
    connect(m_tiles, &TileRow::tilePressed, m_pane, &TablePane::setFilter);
    connect(m_pane, &TablePane::countChanged, this, &MeshSecurityPage::countsChanged);
}

QWidget *MeshSecurityPage::buildMode()
{
    auto *card = new Card(this);
    card->body()->setContentsMargins(scaled(17), scaled(10), scaled(12), scaled(10));
    m_modeChip = new Chip(card);
    m_modeChip->setObjectName(u"meshMode"_s);
    m_modeText = new TextLabel(Type::Body, {}, card);
    m_modeText->setObjectName(u"meshModeText"_s);
    m_modeText->setWordWrap(true); // it is the one sentence that says why
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    m_modeText->setSizePolicy(policy);
    auto *row = new QHBoxLayout;
    row->addWidget(m_modeChip);
    row->addWidget(m_modeText, 1);
    card->body()->addLayout(row);
    return card;
}

QWidget *MeshSecurityPage::buildFoot()
{
    auto *foot = new QWidget(this);
    m_caution = new TextLabel(Type::Dim, {}, foot);
    m_caution->setObjectName(u"meshCaution"_s);
    m_caution->setElided();
    m_caution->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_undo = makeButton(tr("Undo"), u"meshUndo"_s, foot);
    m_switch = makePrimaryButton(tr("Switch to STRICT…"), u"meshSwitch"_s, foot);
    auto *row = new QHBoxLayout(foot);
    row->setContentsMargins(scaled(Measure::PageMargin), scaled(10), scaled(Measure::PageMargin), scaled(14));
    row->addWidget(m_caution, 1);
    row->addWidget(m_undo);
    row->addWidget(m_switch);
    m_undo->hide();
    connect(m_undo, &QPushButton::clicked, this, &MeshSecurityPage::undoRequested);
    connect(m_switch, &QPushButton::clicked, this, [this] {
        Q_EMIT modeRequested(m_mode && m_mode->mode == MtlsMode::Strict ? MtlsMode::Permissive
                                                                        : MtlsMode::Strict);
    });
    return foot;
}

void MeshSecurityPage::setPostures(models::TableModel<WorkloadPosture> &postures)
{
    m_postures = &postures;
    m_pane->setModel(postures);
    m_pane->setObjectOf([&postures](const QString &key) {
        const WorkloadPosture *row = postures.find(key);
        return row ? models::ObjectRef{row->workloadKind, row->nameSpace, row->workload}
                   : models::ObjectRef();
    });
    connect(&postures, &models::TableModelBase::completed, this, &MeshSecurityPage::countsChanged);
    connect(&postures, &models::TableModelBase::batchApplied, this, &MeshSecurityPage::countsChanged);
    countsChanged();
}

void MeshSecurityPage::setMode(const models::EffectiveMode &mode, const QString &rootNamespace)
{
    m_mode = mode;
    m_rootNamespace = rootNamespace;
    showMode();
    updateState();
}

void MeshSecurityPage::setUnknown(const QString &why)
{
    m_pane->setUnknown(why);
    countsChanged();
}

void MeshSecurityPage::forget()
{
    m_mode.reset();
    m_pane->setUnknown({});
    setForbidden({}, {});
    PageFrame::forget();
}

void MeshSecurityPage::showMode()
{
    if (!m_mode->known) {
        m_modeChip->set(tr("Not known"), Severity::Unknown);
        m_modeText->setText(m_mode->reason);
        showWhetherWritable();
        return;
    }
    const bool strict = m_mode->mode == MtlsMode::Strict;
    showWhetherWritable();
    m_modeChip->set(models::mtlsModeName(m_mode->mode),
                    strict                                  ? Severity::Good
                        : m_mode->mode == MtlsMode::Disable ? Severity::Error
                                                            : Severity::Warning);
    m_modeText->setText(
        strict ? tr("Sidecars refuse plaintext from every caller. Decided by %1.").arg(m_mode->reason)
               : tr("Sidecars take plaintext as well as mutual TLS. Decided by %1.").arg(m_mode->reason));
    m_switch->setText(strict ? tr("Back to PERMISSIVE…") : tr("Switch to STRICT…"));
}

void MeshSecurityPage::setConnection(const models::ConnectionState &state)
{
    PageFrame::setConnection(state);
    showWhetherWritable();
}

void MeshSecurityPage::showWhetherWritable()
{
    const QString reason = whyNoWrite(connection(), m_noSwitch);
    const QString whyNoUndo = whyNoWrite(connection(), m_noUndo);
    m_switch->setEnabled(reason.isEmpty() && m_mode && m_mode->known);
    m_switch->setToolTip(!reason.isEmpty()              ? reason
                             : m_mode && !m_mode->known ? m_mode->reason
                                                        : tr("Shows the diff and asks the server first."));
    m_undo->setEnabled(whyNoUndo.isEmpty());
    m_undo->setToolTip(!whyNoUndo.isEmpty()       ? whyNoUndo
                           : m_undoWhat.isEmpty() ? QString()
                                                  : tr("Take back: %1").arg(m_undoWhat));
}

// As its buttons: they are about the mesh, whichever port is chosen.
QList<ObjectAction> MeshSecurityPage::objectActions()
{
    const bool isWritable = whyNoWrite(connection()).isEmpty();
    QList<ObjectAction> actions{{u"mode"_s, m_switch->text(), tr("the mesh"), [this] { m_switch->click(); },
                                 m_switch->isEnabled() ? QString() : m_switch->toolTip(),
                                 isWritable ? m_noSwitch : QString()}};
    if (!m_undo->isHidden())
        actions.append({u"modeUndo"_s, m_undo->text(), m_undoWhat, [this] { m_undo->click(); },
                        m_undo->isEnabled() ? QString() : m_undo->toolTip(),
                        isWritable ? m_noUndo : QString()});
    return actions;
}

void MeshSecurityPage::setForbidden(const QString &forSwitch, const QString &forUndo)
{
    m_noSwitch = forSwitch;
    m_noUndo = forUndo;
    showWhetherWritable();
}

void MeshSecurityPage::setWillBreak(const QStringList &warnings)
{
    const bool isOn = m_mode && m_mode->known && m_mode->mode == MtlsMode::Strict;
    const QString one = isOn ? tr("STRICT breaks one route: %1") : tr("STRICT would break one route: %1");
    const QString several = isOn ? tr("STRICT breaks %1 routes: %2") : tr("STRICT would break %1 routes: %2");
    m_caution->setText(warnings.isEmpty()
                           ? tr("Nothing is written before you have seen the diff and the server's dry run.")
                           : warnings.size() == 1 ? one.arg(warnings.first())
                                                  : several.arg(warnings.size()).arg(warnings.join(u"; "_s)));
    m_caution->setToolTip(warnings.join(u'\n'));
}

void MeshSecurityPage::setUndo(const QString &what)
{
    m_undo->setVisible(!what.isEmpty());
    m_undoWhat = what;
    showWhetherWritable();
}

void MeshSecurityPage::setNamespaces(const QStringList &names)
{
    m_namespaces = names;
    m_pane->setScope(namespaceTerm(names));
    countsChanged();
}

QList<QWidget *> MeshSecurityPage::panes() const
{
    return {m_tiles->findChild<QWidget *>(u"tile0"_s), &m_pane->table(), m_switch};
}

void MeshSecurityPage::focusFilter() { m_pane->focusFilter(); }

void MeshSecurityPage::goTo(const QString &target)
{
    if (!m_pane->table().selectKey(target))
        m_pane->setFilter(target);
}

QList<Command> MeshSecurityPage::commands()
{
    constexpr int Most = 20000; // beyond that the filter is the better way
    QList<Command> commands;
    for (int i = 0; m_postures && i < qMin(Most, m_postures->rowCount()); ++i) {
        const auto &row = m_postures->row(i);
        commands.append(
            {row.key, tr("workload"), [this, key = row.key] { Q_EMIT pageRequested(id(), key); }});
    }
    return commands;
}

void MeshSecurityPage::setCompact(bool compact) { m_pane->table().setCompact(compact); }

bool MeshSecurityPage::hasContent() const
{
    return m_mode && m_postures && (m_postures->isComplete() || m_postures->rowCount() > 0);
}

void MeshSecurityPage::countsChanged()
{
    if (!m_postures)
        return;
    int strict = 0;
    int permissive = 0;
    int disabled = 0;
    int outside = 0;
    int passedBy = 0; // of them, with a sidecar that does not intercept the port
    int unknown = 0;
    Severity worstOutside = Severity::Info, worstPassedBy = Severity::Info; // tiles and rows go by one rule
    int counted = 0;
    for (int i = 0; i < m_postures->rowCount(); ++i) {
        if (!isInScope(m_namespaces, m_postures->row(i).nameSpace))
            continue;
        ++counted;
        const models::EffectiveMode &mode = m_postures->row(i).mode;
        outside += !mode.enforced;
        passedBy += !mode.enforced && mode.hasSidecar;
        if (Severity &worst = mode.hasSidecar ? worstPassedBy : worstOutside; !mode.enforced)
            worst = std::max(worst, m_postures->row(i).severity);
        unknown += mode.enforced && !mode.known;
        const bool isDecided = mode.enforced && mode.known;
        strict += isDecided && mode.mode == MtlsMode::Strict;
        disabled += isDecided && mode.mode == MtlsMode::Disable;
        permissive += isDecided && mode.mode != MtlsMode::Strict && mode.mode != MtlsMode::Disable;
    }
    if (m_pane->isUnknown()) {
        QList<TileRow::Entry> none;
        for (const QString &word : {tr("DISABLE"), tr("PERMISSIVE"), tr("no sidecar"), tr("STRICT")})
            none.append({u"—"_s, word, Severity::Unknown, {}});
        m_tiles->setEntries(none);
        setFacts(m_pane->countText());
        Q_EMIT badgeChanged({}, std::nullopt);
        return updateState();
    }
    QList<TileRow::Entry> tiles{
        {QLocale().toString(disabled), tr("DISABLE"), Severity::Error, u"mode:DISABLE"_s},
        {QLocale().toString(permissive), tr("PERMISSIVE"), Severity::Warning, u"mode:PERMISSIVE"_s},
        {QLocale().toString(outside - passedBy), tr("no sidecar"), worstOutside, u"mode:\"no sidecar\""_s},
        {QLocale().toString(strict), tr("STRICT"), Severity::Good, u"mode:STRICT"_s}};
    if (passedBy > 0)
        tiles.append({QLocale().toString(passedBy), tr("not intercepted"), worstPassedBy,
                      u"mode:\"not intercepted\""_s});
    if (unknown > 0)
        tiles.append({QLocale().toString(unknown), tr("not known"), Severity::Unknown, u"mode:UNSET"_s});
    m_tiles->setEntries(tiles);
    setFacts(tr("%1 · %2 in the mesh").arg(m_pane->countText(), QLocale().toString(counted - outside)));
    const auto findings = [this](Severity severity) {
        return int(std::count_if(m_findings.begin(), m_findings.end(), [&](const models::Finding &finding) {
            return finding.severity == severity && isInScope(m_namespaces, finding);
        }));
    };
    const int errors = qMax(disabled, findings(Severity::Error));
    // An edge's ports pass its sidecar by on purpose.
    const int shown = errors > 0 ? errors : findings(Severity::Warning);
    Q_EMIT badgeChanged(shown > 0 ? QLocale().toString(shown) : QString(),
                        errors > 0      ? std::optional(Severity::Error)
                            : shown > 0 ? std::optional(Severity::Warning)
                                        : std::nullopt);
    updateState();
}

void MeshSecurityPage::setOpenFindings(const QList<models::Finding> &leadingHere)
{
    m_findings = leadingHere;
    countsChanged();
}

} // namespace ui
