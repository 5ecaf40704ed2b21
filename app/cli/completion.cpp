// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/completion.h"

#include "app/cli/arguments.h"
#include "app/cli/completion_values.h"

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

QStringList flags(const QList<QCommandLineOption> &options)
{
    QStringList all;
    for (const QCommandLineOption &option : options) {
        for (const QString &name : option.names())
            all.append((name.size() == 1 ? u"-"_s : u"--"_s) + name);
    }
    return all;
}

// The words that a synopsis offers: "[check|show] [STEP]" → check show; upper-case words are the user's own.
QStringList verbs(const Command &command)
{
    QString synopsis = QString::fromLatin1(command.synopsis);
    QStringList found;
    for (const QString &word : synopsis.replace(u'[', u' ')
                                   .replace(u']', u' ')
                                   .replace(u'|', u' ')
                                   .split(u' ', Qt::SkipEmptyParts)) {
        if (word == word.toLower())
            found.append(word);
    }
    return found;
}

QString bashScript()
{
    QStringList names;
    QString cases;
    for (const Command &command : commands()) {
        const QString name = QString::fromLatin1(command.name);
        names.append(name);
        cases +=
            u"    %1) words=\"%2\" ;;\n"_s.arg(name, (verbs(command) + flags(command.options)).join(u' '));
    }
    return u"_sallyportctl() {\n"
           "  local word=${COMP_WORDS[COMP_CWORD]} command= words= values= i\n"
           "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
           "    case \" %1 \" in *\" ${COMP_WORDS[i]} \"*) command=${COMP_WORDS[i]}; break ;; esac\n"
           "  done\n"
           "  case $command in\n"
           "    '') words=\"%1\" ;;\n"
           "%2"
           "  esac\n"
           "  case $word in [=:]) word= ;; esac\n"
           "  case $word in -*) ;; *)\n"
           "    values=$(\"${COMP_WORDS[0]}\" completion values -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" "
           "2>/dev/null) ;;\n"
           "  esac\n"
           "  if [ -n \"$values\" ]; then\n"
           "    local IFS=$'\\n'\n"
           "    COMPREPLY=($(compgen -W \"$values\" -- \"$word\"))\n"
           "    return\n"
           "  fi\n"
           "  COMPREPLY=($(compgen -W \"$words %3\" -- \"$word\"))\n"
           "}\n"
           "complete -o default -F _sallyportctl sallyportctl\n"_s.arg(names.join(u' '), cases,
                                                                       flags(globalOptions()).join(u' '));
}

QString zshScript() { return u"autoload -U +X bashcompinit && bashcompinit\n"_s + bashScript(); }

QString quoted(const char *text)
{
    return u'\'' + QString::fromLatin1(text).replace(u'\'', u"\\'"_s) + u'\'';
}

QString fishOptions(const QList<QCommandLineOption> &options, const QString &condition)
{
    QString lines;
    for (const QCommandLineOption &option : options) {
        lines += u"complete -c sallyportctl"_s + condition;
        for (const QString &name : option.names())
            lines += (name.size() == 1 ? u" -s "_s : u" -l "_s) + name;
        lines += (option.valueName().isEmpty() ? QString() : u" -r -a '(__sallyportctl_values)'"_s)
            + u" -d "_s + quoted(option.description().toUtf8().constData()) + u'\n';
    }
    return lines;
}

QString fishScript()
{
    QString script =
        u"function __sallyportctl_values\n"
        "  sallyportctl completion values -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null\n"
        "end\n"
        "complete -c sallyportctl -f -n 'not __fish_use_subcommand' -a '(__sallyportctl_values)'\n"_s;
    for (const Command &command : commands()) {
        const QString name = QString::fromLatin1(command.name);
        const QString seen = u" -n '__fish_seen_subcommand_from %1'"_s.arg(name);
        script += u"complete -c sallyportctl -f -n __fish_use_subcommand -a %1 -d %2\n"_s.arg(
            name, quoted(command.summary));
        for (const QString &verb : verbs(command))
            script += u"complete -c sallyportctl -f%1 -a %2\n"_s.arg(seen, verb);
        script += fishOptions(command.options, seen);
    }
    return script + fishOptions(globalOptions(), {});
}

} // namespace

QString completionScript(const QString &shell)
{
    if (shell == "bash"_L1)
        return bashScript();
    if (shell == "zsh"_L1)
        return zshScript();
    return shell == "fish"_L1 ? fishScript() : QString();
}

int runCompletion(Invocation &invocation)
{
    if (invocation.arguments.value(0) == "values"_L1) { // asked by the scripts
        for (const QString &each : completionValues(invocation.arguments.mid(1)))
            invocation.output.line(each);
        return AllWell;
    }
    const QString script = completionScript(invocation.arguments.value(0));
    if (script.isEmpty() || invocation.arguments.size() != 1)
        return wrongUsage(invocation, u"completion needs the shell: bash, zsh or fish"_s);
    invocation.output.line(script.trimmed());
    return AllWell;
}

} // namespace app::cli
