// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/top_bar.h"

#include "ui/chip.h"
#include "ui/line_delegate.h"
#include "ui/namespace_scope.h"
#include "ui/shell/chooser.h"
#include "ui/shown_text.h"
#include "ui/text_label.h"
#include "ui/time_text.h"
#include "ui/write_words.h"

#include <QAbstractButton>
#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QSignalBlocker>

using namespace Qt::StringLiterals;

namespace ui {

using models::ConnectionState;

namespace {

constexpr int AsksRole = Qt::UserRole + 1;    // an entry that asks for a name
constexpr int SeveralRole = Qt::UserRole + 2; // names, of the entry that stands for several

// Where it leads: the server, and the namespace that it names, if any.
QString placeText(const ContextChoice &context)
{
    return context.nameSpace.isEmpty() ? context.cluster
                                       : TopBar::tr("%1 · %2").arg(context.cluster, context.nameSpace);
}

// Two edges may read the same Mappings, by the same id, in different versions.
QString identityText(const EdgeChoice &edge)
{
    QStringList words;
    if (!edge.id.isEmpty())
        words.append(TopBar::tr("ambassador_id %1").arg(edge.id));
    if (!edge.version.isEmpty())
        words.append(TopBar::tr("version %1").arg(edge.version));
    return words.join(u" · "_s);
}

} // namespace

// How careful writes in this context are, as a filled word: colour is never alone.  Pressed, it offers the others.
class TopBar::ModeWord : public QAbstractButton
{
public:
    explicit ModeWord(QWidget *parent)
        : QAbstractButton(parent)
    {
        setObjectName(u"modeWord"_s);
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
        hide();
    }
    // isArmed: something could be written now; else the word is a quiet one.
    void set(ConnectionState::Mode mode, bool isArmed, bool shown)
    {
        m_mode = mode;
        m_isArmed = isArmed;
        const QString toolTip =
            TopBar::tr("%1 Press to choose another mode for this context.").arg(modeMeaning(mode));
        setToolTip(toolTip);
        setAccessibleName(TopBar::tr("Mode: %1").arg(word()));
        setAccessibleDescription(toolTip);
        setVisible(shown);
        updateGeometry();
        update();
    }
    QSize sizeHint() const override
    {
        return {QFontMetrics(fontOf(Type::TableHead)).horizontalAdvance(word()) + scaled(22), scaled(24)};
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Tone tone = this->tone();
        painter.setPen(Qt::NoPen);
        painter.setBrush(QColor::fromRgb(tone.paper));
        painter.drawRoundedRect(rect(), 4, 4);
        painter.setFont(fontOf(Type::TableHead));
        painter.setPen(QColor::fromRgb(tone.ink));
        painter.drawText(rect(), Qt::AlignCenter, word());
        if (hasFocus() || underMouse()) {
            painter.setPen(QPen(QColor::fromRgb(tokensOf(palette()).accent), hasFocus() ? 2 : 1));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(rect().adjusted(1, 1, -1, -1), 4, 4);
        }
    }
    void keyPressEvent(QKeyEvent *event) override
    {
        if (!pressedByEnter(*this, *event))
            QAbstractButton::keyPressEvent(event);
    }

private:
    // Only what can be written to is loud; what cannot is as calm as what is well.
    Tone tone() const
    {
        const Tokens tokens = tokensOf(palette());
        if (m_isArmed && m_mode == ConnectionState::Mode::Confirm)
            return {tokens.onDanger, tokens.danger};
        return m_mode == ConnectionState::Mode::ReadOnly ? tokens.good : tokens.unknown;
    }
    QString word() const
    {
        switch (m_mode) {
        case ConnectionState::Mode::Normal: return TopBar::tr("NORMAL");
        case ConnectionState::Mode::ReadOnly: return TopBar::tr("READ-ONLY");
        case ConnectionState::Mode::Confirm: break;
        }
        return TopBar::tr("CONFIRM");
    }
    ConnectionState::Mode m_mode = ConnectionState::Mode::Confirm;
    bool m_isArmed = false;
};

QComboBox *TopBar::contexts() const { return m_contexts; }

QComboBox *TopBar::namespaces() const { return m_namespaces; }

TopBar::TopBar(QWidget *parent)
    : Surface(Fill::Base, Qt::BottomEdge, parent)
    , m_mode(new ModeWord(this))
    , m_contexts(new Chooser(u"contextChooser"_s, tr("Context"), 220, this))
    , m_namespaces(new Chooser(u"namespaceChooser"_s, tr("Namespace"), 200, this))
    , m_edges(new Chooser(u"edgeChooser"_s, tr("Edge installation"), 290, this))
    , m_rules(new Chooser(u"rulesChooser"_s, tr("Rules of the edge"), 220, this))
    , m_more(makeButton(u"⋯"_s, u"topBarMore"_s, this))
    , m_search(makeButton({}, u"searchButton"_s, this))
    , m_pause(makeButton(tr("Pause"), u"pauseButton"_s, this))
    , m_live(new Chip(this))
{
    setFixedHeight(scaled(Measure::TopBar));
    m_contexts->setPlaceholderText(tr("Choose a context"));
    m_contexts->setFilterable(tr("Type a part of a name or server"));
    m_namespaces->addItem(tr("All namespaces"), QString());
    m_namespaces->setFilterable(tr("Type a part of a name; Space marks several"));
    m_namespaces->setMarking([this](int at) { return !m_namespaces->itemData(at).toString().isEmpty(); });
    connect(m_namespaces, &Chooser::severalChosen, this, &TopBar::chooseNamespaces);
    m_edges->setLined();
    m_edges->hide();
    m_rules->hide();
    m_rules->setToolTip(tr("By the rules of which generation predictions, checks and pages judge this edge"));
    m_live->setObjectName(u"liveChip"_s);
    m_search->setProperty("field", true);
    m_search->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    m_search->setMaximumWidth(scaled(360));
    m_search->setAccessibleName(tr("Search or run a command"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(scaled(14), 0, scaled(14), 0);
    row->setSpacing(scaled(Measure::Gap));
    row->addWidget(m_mode);
    connect(m_mode, &QAbstractButton::clicked, this, &TopBar::showModeMenu);
    row->addWidget(m_contexts);
    row->addWidget(m_namespaces);
    row->addWidget(m_edges);
    row->addWidget(m_rules);
    row->addStretch(1);
    row->addWidget(m_search, 3);
    row->addStretch(1);
    row->addWidget(m_more);
    row->addWidget(m_live);
    row->addWidget(m_pause);
    m_more->setAccessibleName(tr("What has no place in this bar"));
    m_more->setToolTip(m_more->accessibleName());
    m_more->hide();
    connect(m_more, &QPushButton::clicked, this, &TopBar::showMore);
    m_pause->setFlat(true);
    m_pause->hide();
    connect(m_pause, &QPushButton::clicked, this, &TopBar::pausePressed);
    connect(m_contexts, &QComboBox::activated, this,
            [this](int at) { Q_EMIT contextChosen(m_contexts->itemData(at).toString()); });
    connect(m_namespaces, &QComboBox::currentIndexChanged, this, &TopBar::takeNamespace);
    connect(m_edges, &QComboBox::activated, this,
            [this](int at) { Q_EMIT edgeChosen(m_edges->itemData(at).toString()); });
    connect(m_rules, &QComboBox::activated, this,
            [this](int at) { Q_EMIT rulesChosen(m_rules->itemData(at).toString()); });
    connect(m_search, &QPushButton::clicked, this, &TopBar::paletteRequested);
}

void TopBar::openNamespaces()
{
    m_namespaces->setFocus(Qt::OtherFocusReason);
    m_namespaces->showPopup();
}

void TopBar::showModeMenu()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"modeMenu"_s);
    for (const ConnectionState::Mode mode : allModes) {
        QAction *action = menu->addAction(u"%1\t%2"_s.arg(modeName(mode), modeMeaning(mode)));
        action->setObjectName(modeId(mode));
        action->setCheckable(true);
        action->setChecked(mode == m_connection.mode);
        connect(action, &QAction::triggered, this, [this, mode] { Q_EMIT modeChosen(mode); });
    }
    menu->popup(m_mode->mapToGlobal(QPoint(0, m_mode->height() + 4)));
}

void TopBar::resizeEvent(QResizeEvent *event)
{
    Surface::resizeEvent(event);
    m_search->setText(width() < scaled(1000) ? tr("Search    Ctrl+K")
                                             : tr("Search or run a command    Ctrl+K"));
    m_search->setMinimumWidth(m_search->sizeHint().width());
    showRules();
}

int TopBar::widthOf(std::initializer_list<const QWidget *> widgets) const
{
    int sum = 0;
    for (const QWidget *each : widgets)
        sum += each->isHidden() ? 0 : each->sizeHint().width() + layout()->spacing();
    return sum;
}

void TopBar::fit()
{
    constexpr int Roomy = 1150; // where rules that nobody chose have a place of their own
    const bool isChosen = !m_shownRules.chosen.isEmpty();
    m_rules->setVisible(!m_shownRules.image.isEmpty()
                        && (isChosen || (m_edges->count() > 1 && width() >= scaled(Roomy))));
    const bool isConnected = m_connection.phase == ConnectionState::Phase::Live
        || m_connection.phase == ConnectionState::Phase::Stale;
    constexpr int Tight = 704; // where a chooser and the keys do without the field
    const int whole = width() - layout()->contentsMargins().left() - layout()->contentsMargins().right()
        - 2 * layout()->spacing(); // the stretches'
    fitEdges(whole, width() < scaled(Tight));
    const int room = whole - widthOf({m_mode, m_contexts, m_namespaces, m_edges, m_rules, m_more, m_live});
    m_pause->setVisible(
        isConnected && room >= m_search->minimumWidth() + m_pause->sizeHint().width() + layout()->spacing());
    m_search->setVisible(room >= m_search->minimumWidth() || (!isChosen && width() >= scaled(Tight)));
}

// The edge that all is of stays in sight, elided; where not even that has a place, it and its rules are chosen in a menu.
void TopBar::fitEdges(int room, bool isTight)
{
    constexpr int Least = 96;
    const bool hasEdges = m_edges->count() > 1;
    for (Chooser *each : {m_contexts, m_namespaces, m_edges})
        each->setLeast(isTight ? scaled(Least) : 0);
    m_more->hide();
    m_edges->setVisible(hasEdges);
    if (!isTight)
        return;
    const int others = widthOf({m_mode, m_contexts, m_namespaces, m_rules, m_live});
    if (hasEdges && others + m_edges->minimumSizeHint().width() + layout()->spacing() > room) {
        m_edges->hide();
        m_more->show();
    }
    if (!m_rules->isHidden() && widthOf({m_mode, m_contexts, m_namespaces, m_rules, m_more, m_live}) > room) {
        m_rules->hide();
        m_more->show();
    }
    m_more->setToolTip(hasEdges ? tr("Edge installation: %1").arg(m_edges->currentText())
                                : m_more->accessibleName());
}

// Of the choosers that are hidden, each as its own part of the menu.
void TopBar::showMore()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"topBarMenu"_s);
    for (const Chooser *each : {m_edges, m_rules}) {
        if (!each->isHidden() || each->count() < 2 || (each == m_rules && m_shownRules.image.isEmpty()))
            continue;
        menu->addSection(each->accessibleName());
        for (int at = 0; at < each->count(); ++at) {
            const QString side = each->itemData(at, LineDelegate::SideRole).toString();
            QAction *action =
                menu->addAction(side.isEmpty() ? each->itemText(at) : each->itemText(at) + u'\t' + side);
            action->setCheckable(true);
            action->setChecked(at == each->currentIndex());
            const QString chosen = each->itemData(at).toString();
            const bool isEdge = each == m_edges;
            connect(action, &QAction::triggered, this, [this, chosen, isEdge] {
                if (isEdge)
                    Q_EMIT edgeChosen(chosen);
                else
                    Q_EMIT rulesChosen(chosen);
            });
        }
    }
    menu->popup(m_more->mapToGlobal(QPoint(0, m_more->height() + 4)));
}

void TopBar::setContexts(const QList<ContextChoice> &contexts, const QString &current)
{
    const QSignalBlocker quiet(m_contexts);
    m_choices = contexts;
    m_contexts->clear();
    for (const ContextChoice &context : contexts) {
        m_contexts->addItem(shownText(context.name), context.name);
        const int at = m_contexts->count() - 1;
        m_contexts->setSide(at, placeText(context));
        m_contexts->setItemData(at, tr("%1, from %2").arg(context.cluster, context.file), Qt::ToolTipRole);
    }
    m_contexts->setCurrentIndex(m_contexts->findData(current));
    m_contexts->updateGeometry(); // its signals are blocked
    fit();
}

void TopBar::setNamespaces(const QStringList &namespaces, bool areAll)
{
    QStringList wanted = namespaces;
    for (const QString &chosen : std::as_const(m_namespaceNames)) {
        if (!wanted.contains(chosen))
            wanted.append(chosen); // kept: one that went away is still what the user chose to look at
    }
    wanted.sort();
    if (m_listed == wanted && m_areAll == areAll && m_namespaces->count() > 1)
        return;
    m_listed = wanted;
    m_areAll = areAll;
    listNamespaces();
}

void TopBar::listNamespaces()
{
    const QSignalBlocker quiet(m_namespaces);
    while (m_namespaces->count() > 1)
        m_namespaces->removeItem(1);
    const bool areSeveral = m_namespaceNames.size() > 1;
    if (areSeveral) {
        m_namespaces->addItem(shownText(namespacesText(m_namespaceNames)));
        m_namespaces->setItemData(1, m_namespaceNames, SeveralRole);
        m_namespaces->setItemData(1, m_namespaceNames.join(u'\n'), Qt::ToolTipRole);
    }
    for (const QString &name : std::as_const(m_listed))
        m_namespaces->addItem(shownText(name), name);
    if (!m_areAll) {
        m_namespaces->addItem(tr("Another namespace…"));
        m_namespaces->setItemData(m_namespaces->count() - 1, true, AsksRole);
    }
    m_namespaces->setMarked(areSeveral ? m_namespaceNames : QStringList());
    m_namespaces->setToolTip(areSeveral ? m_namespaceNames.join(u'\n') : QString());
    showNamespace();
}

void TopBar::showNamespace()
{
    const QSignalBlocker quiet(m_namespaces);
    const int at =
        m_namespaceNames.size() > 1 ? 1 : m_namespaces->findData(m_namespaceNames.value(0, QString()));
    m_namespaces->setCurrentIndex(qMax(0, at));
    m_namespaces->updateGeometry();
    fit();
}

void TopBar::chooseNamespaces(const QStringList &names)
{
    QStringList sorted = names;
    sorted.removeDuplicates();
    sorted.sort();
    if (sorted == m_namespaceNames)
        return showNamespace();
    m_namespaceNames = sorted;
    for (const QString &name : std::as_const(sorted)) {
        if (!m_listed.contains(name))
            m_listed.append(name);
    }
    m_listed.sort();
    listNamespaces();
    Q_EMIT namespacesChosen(m_namespaceNames);
}

void TopBar::takeNamespace(int at)
{
    if (m_namespaces->itemData(at, AsksRole).toBool()) {
        showNamespace(); // until a name is typed
        Q_EMIT unlistedNamespaceWanted();
        return;
    }
    const QVariant several = m_namespaces->itemData(at, SeveralRole);
    const QString one = m_namespaces->itemData(at).toString();
    chooseNamespaces(several.isValid()   ? several.toStringList()
                         : one.isEmpty() ? QStringList()
                                         : QStringList{one});
}

void TopBar::setEdges(const QList<EdgeChoice> &edges, const QString &current)
{
    const QSignalBlocker quiet(m_edges);
    if (m_edgeChoices != edges) { // each analysis tells them: a list that is open stays as it is
        m_edgeChoices = edges;
        m_edges->clear();
        for (const EdgeChoice &edge : edges) {
            m_edges->addItem(shownText(edge.key), edge.key);
            m_edges->setSide(m_edges->count() - 1, identityText(edge));
        }
    }
    m_edges->setCurrentIndex(qMax(0, m_edges->findData(current)));
    const QString identity = m_edges->currentData(LineDelegate::SideRole).toString();
    m_edges->setToolTip(identity.isEmpty() ? QString() : u"%1\n%2"_s.arg(m_edges->currentText(), identity));
    m_edges->setAccessibleDescription(identity);
    showRules();
}

void TopBar::setRules(const EdgeRules &rules)
{
    m_shownRules = rules;
    showRules();
}

void TopBar::showRules()
{
    const QSignalBlocker quiet(m_rules);
    m_rules->clear();
    for (const QString &name : QStringList{QString()} + ruleNames())
        m_rules->addItem(ruleChoiceText(name, m_shownRules), name);
    m_rules->setCurrentIndex(qMax(0, m_rules->findData(m_shownRules.chosen)));
    m_rules->updateGeometry();
    fit();
}

void TopBar::setConnection(const ConnectionState &state)
{
    using Phase = ConnectionState::Phase;
    const bool isConnected = state.phase == Phase::Live || state.phase == Phase::Stale;
    m_mode->set(state.mode, isConnected,
                isConnected || (state.phase == Phase::Failed && !state.context.isEmpty()));
    m_connection = state;
    showLive();
    if (!state.context.isEmpty() && m_contexts->currentData().toString() != state.context)
        m_contexts->setCurrentIndex(m_contexts->findData(state.context));
    fit();
}

void TopBar::setPaused(const QDateTime &since)
{
    m_pausedSince = since;
    m_pause->setText(since.isValid() ? tr("Resume") : tr("Pause"));
    m_pause->setToolTip(since.isValid() ? tr("Show what the cluster is now (Ctrl+Shift+Space)")
                                        : tr("Keep the pages as they are (Ctrl+Shift+Space)"));
    showLive();
    fit();
}

void TopBar::showLive()
{
    using Phase = ConnectionState::Phase;
    using models::Severity;
    const ConnectionState &state = m_connection;
    if (m_pausedSince.isValid()) {
        m_live->set(tr("Paused"), Severity::Warning);
        m_live->setToolTip(tr("Since %1").arg(exactText(m_pausedSince)));
        return;
    }
    switch (state.phase) {
    case Phase::NotConnected: m_live->set(tr("Not connected"), Severity::Unknown); break;
    case Phase::Connecting: m_live->set(tr("Connecting"), Severity::Unknown); break;
    case Phase::Live: m_live->set(tr("Live"), Severity::Good); break;
    case Phase::Stale: m_live->set(tr("Stale"), Severity::Warning); break;
    case Phase::Failed: m_live->set(tr("No connection"), Severity::Error); break;
    }
    m_live->setToolTip(state.message.isEmpty() ? tr("Since %1").arg(exactText(state.since)) : state.message);
}

} // namespace ui
