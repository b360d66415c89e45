<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>Text</name>
    <message>
        <source>a few seconds</source>
        <translation>ein paar Sekunden</translation>
    </message>
    <message numerus="yes">
        <source>about %n second(s)</source>
        <translation>
            <numerusform>etwa %n Sekunde</numerusform>
            <numerusform>etwa %n Sekunden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n minute(s)</source>
        <translation>
            <numerusform>etwa %n Minute</numerusform>
            <numerusform>etwa %n Minuten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n hour(s)</source>
        <translation>
            <numerusform>etwa %n Stunde</numerusform>
            <numerusform>etwa %n Stunden</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>main</name>
    <message>
        <source>Drafts mail in your own voice, on your own computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder that holds everything of one user.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::ChoosePage</name>
    <message>
        <source>Where is your mail?</source>
        <translation>Wo ist Ihre Mail?</translation>
    </message>
    <message>
        <source>Choose mailbox files (mbox, .eml) or a folder such as a Maildir. The sent mail is what Sancho learns from; received mail helps it to answer.</source>
        <translation>Wählen Sie Postfachdateien (mbox, .eml) oder einen Ordner wie ein Maildir. Aus gesendeter Mail lernt Sancho; empfangene hilft beim Antworten.</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>Choose &amp;files…</source>
        <translation>&amp;Dateien wählen…</translation>
    </message>
    <message>
        <source>Choose a f&amp;older…</source>
        <translation>&amp;Ordner wählen…</translation>
    </message>
    <message>
        <source>or drop them here</source>
        <translation>oder hierher ziehen</translation>
    </message>
    <message>
        <source>Chosen mailboxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the &amp;sample mailbox</source>
        <translation>&amp;Beispielpostfach ausprobieren</translation>
    </message>
    <message>
        <source>Invented mail of an invented person, to see how it works.</source>
        <translation>Erfundene Mail einer erfundenen Person, zum Ausprobieren.</translation>
    </message>
    <message>
        <source>Choose mailbox files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a folder with mail</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::DraftColumn</name>
    <message>
        <source>C&amp;opy</source>
        <translation>K&amp;opieren</translation>
    </message>
    <message>
        <source>Save as .&amp;eml…</source>
        <translation>Als .&amp;eml speichern…</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>Betreff</translation>
    </message>
    <message>
        <source>The draft appears here. You can edit every word of it.</source>
        <translation>Hier erscheint der Entwurf. Jedes Wort lässt sich ändern.</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>Copy the draft (Ctrl+Shift+C)</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n underlined detail(s) came from neither your instruction nor your mail: check them.</source>
        <translation>
            <numerusform>%n unterstrichene Angabe steht weder in der Anweisung noch in Ihrer Mail: bitte prüfen.</numerusform>
            <numerusform>%n unterstrichene Angaben stehen weder in der Anweisung noch in Ihrer Mail: bitte prüfen.</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Keep</source>
        <translation>&amp;Behalten</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::DraftHistoryModel</name>
    <message>
        <source>(no subject)</source>
        <translation>(kein Betreff)</translation>
    </message>
    <message>
        <source>No recipient yet</source>
        <translation>Noch kein Empfänger</translation>
    </message>
    <message>
        <source>To %1</source>
        <translation>An %1</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::DraftOptions</name>
    <message>
        <source>Short</source>
        <translation>Kurz</translation>
    </message>
    <message>
        <source>Medium</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>Long</source>
        <translation>Lang</translation>
    </message>
    <message>
        <source>Longest draft</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From steady to lively</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The same seed and words give the same draft</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>Steady</source>
        <translation>Ruhig</translation>
    </message>
    <message>
        <source>Lively</source>
        <translation>Lebhaft</translation>
    </message>
    <message>
        <source>&amp;New each time</source>
        <translation>&amp;Jedes Mal neu</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::GroundedEdit</name>
    <message>
        <source>Not in your instruction or mail: check</source>
        <translation>Weder in der Anweisung noch in Ihrer Mail: bitte prüfen</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::IdentityPage</name>
    <message>
        <source>Which of these are you?</source>
        <translation>Wer davon sind Sie?</translation>
    </message>
    <message>
        <source>Tick every address you have written from. Only mail from these addresses teaches Sancho your voice.</source>
        <translation>Haken Sie jede Adresse an, von der Sie geschrieben haben. Nur Mail von diesen Adressen lehrt Sancho Ihre Stimme.</translation>
    </message>
    <message>
        <source>Addresses</source>
        <translation>Adressen</translation>
    </message>
    <message>
        <source>%1 &lt;%2&gt;</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>  ·  %n mail(s)</source>
        <translation>
            <numerusform>  ·  %n Mail</numerusform>
            <numerusform>  ·  %n Mails</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>sancho::desktop::ImportWizard</name>
    <message>
        <source>Import mail</source>
        <translation>Mail importieren</translation>
    </message>
    <message>
        <source>&amp;Continue</source>
        <translation>&amp;Weiter</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>&amp;Zurück</translation>
    </message>
    <message>
        <source>&amp;Not now</source>
        <translation>&amp;Nicht jetzt</translation>
    </message>
    <message>
        <source>&amp;Start writing</source>
        <translation>&amp;Losschreiben</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>Willkommen</translation>
    </message>
    <message>
        <source>Your mail</source>
        <translation>Ihre Mail</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>Lesen</translation>
    </message>
    <message>
        <source>Your addresses</source>
        <translation>Ihre Adressen</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::LossChart</name>
    <message>
        <source>Mail it learns from</source>
        <translation>Mail, aus der es lernt</translation>
    </message>
    <message>
        <source>Mail it has not seen</source>
        <translation>Mail, die es nicht kennt</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Loss (lower is better)</source>
        <translation>Verlust (weniger ist besser)</translation>
    </message>
    <message>
        <source>Loss curve</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::MailFinder</name>
    <message>
        <source>Search by words or by meaning</source>
        <translation>Nach Worten oder Sinn suchen</translation>
    </message>
    <message>
        <source>Search mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mail</source>
        <translation>Mail</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>Wird gesucht…</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>Nichts gefunden</translation>
    </message>
    <message>
        <source>Best matches first</source>
        <translation>Beste Treffer zuerst</translation>
    </message>
    <message>
        <source>%1 written by you</source>
        <translation>%1 von Ihnen</translation>
    </message>
    <message>
        <source>%1 mails</source>
        <translation>%1 Mails</translation>
    </message>
    <message>
        <source>Only mail I wr&amp;ote</source>
        <translation>Nur meine &amp;eigene</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::MailboxPage</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n weitere</numerusform>
            <numerusform>%n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>Mailbox</source>
        <translation>Postfach</translation>
    </message>
    <message>
        <source>Text of the mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draft an answer to this mail (Ctrl+R)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No mail selected</source>
        <translation>Keine Mail gewählt</translation>
    </message>
    <message>
        <source>Choose a mail from the list to read it here.</source>
        <translation>Wählen Sie links eine Mail, um sie hier zu lesen.</translation>
    </message>
    <message>
        <source>(no subject)</source>
        <translation>(kein Betreff)</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 an %2</translation>
    </message>
    <message>
        <source>Attachments: %1</source>
        <translation>Anhänge: %1</translation>
    </message>
    <message>
        <source>Reply with Sancho</source>
        <translation>Mit Sancho antworten</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::MainWindow</name>
    <message>
        <source>&amp;Write</source>
        <translation>&amp;Schreiben</translation>
    </message>
    <message>
        <source>&amp;Train</source>
        <translation>&amp;Trainieren</translation>
    </message>
    <message>
        <source>Mail&amp;box</source>
        <translation>Post&amp;fach</translation>
    </message>
    <message>
        <source>&amp;Import mail…</source>
        <translation>&amp;Importieren…</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>Ein&amp;stellungen…</translation>
    </message>
    <message>
        <source>&amp;Draft or stop</source>
        <translation>&amp;Entwerfen oder anhalten</translation>
    </message>
    <message>
        <source>&amp;Copy the draft</source>
        <translation>Entwurf &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Find mail</source>
        <translation>Mail &amp;suchen</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;About Sancho</source>
        <translation>&amp;Über Sancho</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>D&amp;raft</source>
        <translation>&amp;Entwurf</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>&amp;Gehe zu</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>Learning what your mail is about: %1 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About Sancho</source>
        <translation>Über Sancho</translation>
    </message>
    <message>
        <source>&lt;h3&gt;Sancho %1&lt;/h3&gt;&lt;p&gt;Drafts mail in your own voice, on your own computer.&lt;/p&gt;&lt;p&gt;GPL-3.0-or-later&lt;/p&gt;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training is running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause it and quit? It can be resumed next time from where it stands.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::MessageBar</name>
    <message>
        <source>Dismiss</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::MessageListModel</name>
    <message>
        <source>To %1</source>
        <translation>An %1</translation>
    </message>
    <message>
        <source>(no subject)</source>
        <translation>(kein Betreff)</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::ProgressPage</name>
    <message>
        <source>Reading your mail</source>
        <translation>Ihre Mail wird gelesen</translation>
    </message>
    <message>
        <source>You can stop at any time: what has been read is kept, and the next import goes on from there.</source>
        <translation>Sie können jederzeit anhalten: Gelesenes bleibt, und der nächste Import macht dort weiter.</translation>
    </message>
    <message>
        <source>&amp;Stop reading</source>
        <translation>Lesen &amp;anhalten</translation>
    </message>
    <message>
        <source>&amp;Go on</source>
        <translation>&amp;Fortfahren</translation>
    </message>
    <message>
        <source>Import progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for mail…</source>
        <translation>Mail wird gesucht…</translation>
    </message>
    <message>
        <source>%1 · %2 of %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 read, %2 new</source>
        <translation>%1 gelesen, %2 neu</translation>
    </message>
    <message>
        <source>, %1 known already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, %1 damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped. Go on, or continue with what has been read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no mail in what you chose.</source>
        <translation>In dem, was Sie gewählt haben, ist keine Mail.</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::ReplyPicker</name>
    <message>
        <source>Which mail do you answer?</source>
        <translation>Welche Mail beantworten Sie?</translation>
    </message>
    <message>
        <source>&amp;Answer this mail</source>
        <translation>Diese Mail &amp;beantworten</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>&amp;You</source>
        <translation>&amp;Sie</translation>
    </message>
    <message>
        <source>&amp;Window and computer</source>
        <translation>&amp;Fenster und Rechner</translation>
    </message>
    <message>
        <source>&amp;Health</source>
        <translation>&amp;Zustand</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>&amp;Speichern</translation>
    </message>
    <message>
        <source>Who you are</source>
        <translation>Wer Sie sind</translation>
    </message>
    <message>
        <source>Name, role, company, telephone: facts a mail of yours may need.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your addresses</source>
        <translation>Ihre Adressen</translation>
    </message>
    <message numerus="yes">
        <source>%n mail(s)</source>
        <translation>
            <numerusform>%n Mail</numerusform>
            <numerusform>%n Mails</numerusform>
        </translation>
    </message>
    <message>
        <source>Sancho reads this before every draft.</source>
        <translation>Sancho liest das vor jedem Entwurf.</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>&amp;Appearance</source>
        <translation>&amp;Aussehen</translation>
    </message>
    <message>
        <source>Everything is kept in</source>
        <translation>Alles liegt in</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check a&amp;gain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sancho looks after its files and this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>Wird geprüft…</translation>
    </message>
    <message>
        <source>Your name</source>
        <translation>Ihr Name</translation>
    </message>
    <message>
        <source>Your name as you sign; empty: as in your mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Processor cores for training</source>
        <translation>&amp;Prozessorkerne fürs Training</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::SummaryPage</name>
    <message>
        <source>Your mail is in</source>
        <translation>Ihre Mail ist da</translation>
    </message>
    <message>
        <source>Write a first draft now. For drafts in your own voice, open Train and press Fine-tune on my mail: a few minutes are enough.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;What and why</source>
        <translation>&amp;Was und warum</translation>
    </message>
    <message>
        <source>mails read</source>
        <translation>Mails gelesen</translation>
    </message>
    <message>
        <source>new</source>
        <translation>neu</translation>
    </message>
    <message>
        <source>written by you</source>
        <translation>von Ihnen</translation>
    </message>
    <message>
        <source>Damaged mail and files passed over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>Beschädigt</translation>
    </message>
    <message>
        <source>%1 at byte %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passed over</source>
        <translation>Übergangen</translation>
    </message>
    <message numerus="yes">
        <source>%n mail(s) had been imported before.</source>
        <translation>
            <numerusform>%n Mail war schon importiert.</numerusform>
            <numerusform>%n Mails waren schon importiert.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n damaged mail(s) were kept as far as they could be read.</source>
        <translation>
            <numerusform>%n beschädigte Mail wurde behalten, soweit sie lesbar war.</numerusform>
            <numerusform>%n beschädigte Mails wurden behalten, soweit sie lesbar waren.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) held no mail.</source>
        <translation>
            <numerusform>%n Datei enthielt keine Mail.</numerusform>
            <numerusform>%n Dateien enthielten keine Mail.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>sancho::desktop::TrainPage</name>
    <message>
        <source>Reading your mail</source>
        <translation>Ihre Mail wird gelesen</translation>
    </message>
    <message>
        <source>Finding related mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learning</source>
        <translation>Lernt</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>Speichert</translation>
    </message>
    <message>
        <source>held-out perplexity %1 → %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done, but the new model predicts mail of yours that it has not seen no better than before (%1). The version in use can be changed below.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done. Mail of yours that it has not seen surprises Sancho %1 % less than before (%2). New drafts use this model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused. Resume whenever you like, even after a restart.</source>
        <translation>Angehalten. Sie können jederzeit fortfahren, auch nach einem Neustart.</translation>
    </message>
    <message>
        <source>Cancelled. The model in use has not changed.</source>
        <translation>Abgebrochen. Das benutzte Modell ist unverändert.</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Trainieren</translation>
    </message>
    <message>
        <source>Sancho reads the mail you wrote and learns your way of writing. It happens on this computer only, takes a few minutes, and you can go on working meanwhile.</source>
        <translation>Sancho liest, was Sie geschrieben haben, und lernt Ihre Art zu schreiben. Das geschieht nur auf diesem Rechner, dauert einige Minuten, und Sie können dabei weiterarbeiten.</translation>
    </message>
    <message>
        <source>mails written by you</source>
        <translation>Mails von Ihnen</translation>
    </message>
    <message>
        <source>usable for training</source>
        <translation>brauchbar fürs Training</translation>
    </message>
    <message>
        <source>kept aside to measure</source>
        <translation>zum Messen beiseitegelegt</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Pause</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>&amp;Abbrechen</translation>
    </message>
    <message>
        <source>Training progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saving where it stands…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Each training run makes a version. Any of them can write for you.</source>
        <translation>Jedes Training ergibt eine Version. Jede davon kann für Sie schreiben.</translation>
    </message>
    <message>
        <source>&amp;Use this model</source>
        <translation>Dieses Modell &amp;benutzen</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left out:
%1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Getting ready…</source>
        <translation>Wird vorbereitet…</translation>
    </message>
    <message>
        <source>Cancel training?</source>
        <translation>Training abbrechen?</translation>
    </message>
    <message>
        <source>What has been learnt since the last pause will be lost. Pause keeps it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · step %1 of %2</source>
        <translation> · Schritt %1 von %2</translation>
    </message>
    <message>
        <source> · %1 left</source>
        <translation> · noch %1</translation>
    </message>
    <message>
        <source> · %1 tokens/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fi&amp;ne-tune on my mail</source>
        <translation>An meine Mail a&amp;npassen</translation>
    </message>
    <message>
        <source>R&amp;esume</source>
        <translation>&amp;Fortfahren</translation>
    </message>
    <message>
        <source>The learning curve appears here: it falls while Sancho gets used to your words.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::TrainingProcess</name>
    <message>
        <source>Training could not start: %1 is missing or cannot be run; reinstall Sancho.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training ended unexpectedly; what it last saved is kept and can be resumed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training failed without saying why.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training ended without a result; please start it again.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::VersionListModel</name>
    <message>
        <source> (in use)</source>
        <translation> (in Gebrauch)</translation>
    </message>
    <message>
        <source>Built-in model</source>
        <translation>Eingebautes Modell</translation>
    </message>
    <message>
        <source>%1, %2
perplexity %3 → %4</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::WelcomePage</name>
    <message>
        <source>Welcome to Sancho</source>
        <translation>Willkommen bei Sancho</translation>
    </message>
    <message>
        <source>Say in a few words what you want to tell someone; Sancho drafts the mail the way you would have written it.</source>
        <translation>Sagen Sie mit ein paar Worten, was Sie mitteilen wollen; Sancho entwirft die Mail so, wie Sie sie geschrieben hätten.</translation>
    </message>
    <message>
        <source>It learns from mail you have already sent. Next, choose where that mail lies.</source>
        <translation>Sancho lernt aus Mail, die Sie schon gesendet haben. Als Nächstes wählen Sie, wo sie liegt.</translation>
    </message>
    <message>
        <source>Everything stays on this computer. Sancho never goes online, and your mailbox files are only read, never changed.</source>
        <translation>Alles bleibt auf diesem Rechner. Sancho geht nie ins Netz, und Ihre Postfächer werden nur gelesen, nie verändert.</translation>
    </message>
    <message>
        <source>You have the last word: a draft is yours to edit, copy or throw away. Sancho sends nothing.</source>
        <translation>Sie haben das letzte Wort: Ein Entwurf gehört Ihnen, zum Ändern, Kopieren oder Wegwerfen. Sancho sendet nichts.</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::WritePage</name>
    <message>
        <source>Write</source>
        <translation>Schreiben</translation>
    </message>
    <message>
        <source>Instruction</source>
        <translation>Anweisung</translation>
    </message>
    <message>
        <source>What should the mail say? For example: thank Maria for the figures, ask for the missing March numbers by Friday</source>
        <translation>Was soll in der Mail stehen? Zum Beispiel: Maria für die Zahlen danken, bis Freitag um die fehlenden vom März bitten</translation>
    </message>
    <message>
        <source>To: a name or an address</source>
        <translation>An: ein Name oder eine Adresse</translation>
    </message>
    <message>
        <source>Recipient</source>
        <translation>Empfänger</translation>
    </message>
    <message>
        <source>&amp;Answer a mail…</source>
        <translation>Mail be&amp;antworten…</translation>
    </message>
    <message>
        <source>Write a new mail instead of an answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>O&amp;ptions</source>
        <translation>O&amp;ptionen</translation>
    </message>
    <message>
        <source>With &amp;my personal model</source>
        <translation>Mit &amp;meinem Modell</translation>
    </message>
    <message>
        <source>Write it twice, side by side: with and without your personal model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Draft</source>
        <translation>&amp;Entwerfen</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>Related mail</source>
        <translation>Verwandte Mail</translation>
    </message>
    <message>
        <source>Drafts</source>
        <translation>Entwürfe</translation>
    </message>
    <message>
        <source>Mail of yours that a draft draws on is shown here.</source>
        <translation>Hier steht Ihre Mail, auf die sich ein Entwurf stützt.</translation>
    </message>
    <message>
        <source>Fine-tune on your mail first: it takes a few minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>(no subject)</source>
        <translation>(kein Betreff)</translation>
    </message>
    <message>
        <source>Answers “%1”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say in a few words what the mail should say, then press Draft.</source>
        <translation>Sagen Sie mit ein paar Worten, was in der Mail stehen soll, und drücken Sie Entwerfen.</translation>
    </message>
    <message>
        <source>Reading what belongs to it…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>Schreibt…</translation>
    </message>
    <message>
        <source>Nothing in your mail was close to this one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>built-in</source>
        <translation>eingebaut</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Stopped · </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First words after %1 ms · %2 tokens/s · %3</source>
        <translation>Erste Worte nach %1 ms · %2 Token/s · %3</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>&amp;Anhalten</translation>
    </message>
    <message>
        <source>Stop writing (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the draft (Ctrl+Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With your personal model</source>
        <translation>Mit Ihrem Modell</translation>
    </message>
    <message>
        <source>Without it</source>
        <translation>Ohne</translation>
    </message>
    <message>
        <source>Save the draft</source>
        <translation>Entwurf speichern</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>Mail (*.eml)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept in drafts</source>
        <translation>Bei den Entwürfen</translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation>&amp;Vergleichen</translation>
    </message>
</context>
</TS>
