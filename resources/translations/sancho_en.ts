<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>CompressionWords</name>
    <message>
        <source>Compressing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Searching the best mixture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training what is left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · %1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · %1 left</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelWords</name>
    <message>
        <source>%1 billion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 million</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>32 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>16 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>8 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>4 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>2 of 4 zeros, %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>some zeros, %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 % zeros, %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, mixed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 layers of %2, %3 heads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Text</name>
    <message>
        <source>a few seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>about %n second(s)</source>
        <translation>
            <numerusform>about %n second</numerusform>
            <numerusform>about %n seconds</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n minute(s)</source>
        <translation>
            <numerusform>about %n minute</numerusform>
            <numerusform>about %n minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n hour(s)</source>
        <translation>
            <numerusform>about %n hour</numerusform>
            <numerusform>about %n hours</numerusform>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose mailbox files (mbox, .eml) or a folder such as a Maildir. The sent mail is what Sancho learns from; received mail helps it to answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose &amp;files…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a f&amp;older…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>or drop them here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chosen mailboxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the &amp;sample mailbox</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Invented mail of an invented person, to see how it works.</source>
        <translation type="unfinished"></translation>
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
    <name>sancho::desktop::CliProcess</name>
    <message>
        <source>The job could not start: %1 is missing or cannot be run; reinstall Sancho.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job ended unexpectedly; what it last saved is kept and can be resumed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job failed without saying why.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job ended without a result; please start it again.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::CompressDialog</name>
    <message>
        <source>Compress %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model has been compressed before: starting from the original loses less.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Makes a second, smaller model; this one, %1 now, stays as it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>C&amp;ompress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about %1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> MB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SparseGPT: the others make up for it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Magnitude: the smallest weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GPTQ: later weights make up for earlier ones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To the nearest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Leaving out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Rounding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Training afterwards</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Words to &amp;calibrate with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>M&amp;y own mail (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plain text, or one JSON object with “text” on each line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a text file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the new model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it should be good at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text to calibrate with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a text file that is like what it will write.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no file %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the new model a name of letters, digits, dots and dashes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is a model called %1 already; choose another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nearly the &amp;same drafts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>8 bits for each weight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;maller, hardly worse</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>4 bits for each weight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>every second weight left out, 4 bits for the others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As small as it &amp;goes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>70 % left out where it hurts least, then a few minutes of training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Fit into a size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the best mixture that fits; takes longest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Small and f&amp;ast, a little worse</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>C&amp;hoose the methods</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Each layer its own level (EvoPress)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A te&amp;xt file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no smaller than now</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::DraftColumn</name>
    <message>
        <source>C&amp;opy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as .&amp;eml…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Subject</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The draft appears here. You can edit every word of it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draft</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the draft (Ctrl+Shift+C)</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n underlined detail(s) came from neither your instruction nor your mail: check them.</source>
        <translation>
            <numerusform>%n underlined detail came from neither your instruction nor your mail: check it.</numerusform>
            <numerusform>%n underlined details came from neither your instruction nor your mail: check them.</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Keep</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::DraftHistoryModel</name>
    <message>
        <source>(no subject)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No recipient yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::DraftOptions</name>
    <message>
        <source>Short</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Medium</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Long</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steady</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lively</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;New each time</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::GroundedEdit</name>
    <message>
        <source>Not in your instruction or mail: check</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::IdentityPage</name>
    <message>
        <source>Which of these are you?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tick every address you have written from. Only mail from these addresses teaches Sancho your voice.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 &lt;%2&gt;</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>  ·  %n mail(s)</source>
        <translation>
            <numerusform>  ·  %n mail</numerusform>
            <numerusform>  ·  %n mails</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>sancho::desktop::ImportWizard</name>
    <message>
        <source>Import mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Continue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Not now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Start writing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::JobBar</name>
    <message>
        <source>R&amp;esume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saving where it stands…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Getting ready…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::LayerChart</name>
    <message>
        <source>Zeros</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zeros and loss of each layer</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::LossChart</name>
    <message>
        <source>Mail it learns from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mail it has not seen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss (lower is better)</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Best matches first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 written by you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 mails</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only mail I wr&amp;ote</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::MailboxPage</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
    <message>
        <source>Mailbox</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a mail from the list to read it here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>(no subject)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Attachments: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reply with Sancho</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::MainWindow</name>
    <message>
        <source>&amp;Write</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Train</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mail&amp;box</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Import mail…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Draft or stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Copy the draft</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Find mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;About Sancho</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>D&amp;raft</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learning what your mail is about: %1 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About Sancho</source>
        <translation type="unfinished"></translation>
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
    <message>
        <source>M&amp;odels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A compression is running</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::MessageBar</name>
    <message>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>(no subject)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::ModelDetails</name>
    <message>
        <source>%1 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layer by layer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zeros</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shape</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reads at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none: it can be exported and compressed, but not write mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Made</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 with %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 mails, %2 steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Perplexity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compressed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 (%2 times)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Divergence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 nats per token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its drafts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 alike in meaning, %2 in words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Speed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 tokens/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 by plain rounding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training took</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::ModelListModel</name>
    <message>
        <source>Added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Personal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comes with Sancho</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compressed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In use · %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>perplexity %1 → %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finds mail, writes none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 parameters · %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::ModelsPage</name>
    <message>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A model writes your drafts. Sancho brings one; you can add others, and make them smaller and faster for this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compressing: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compressed: the new model is in the list.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled; nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A &amp;file (GGUF, or Sancho’s own)…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A &amp;Hugging Face folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Use for drafts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remo&amp;ve…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;GGUF, for llama.cpp and others…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Safetensors, for Hugging Face…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sancho’s &amp;own file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is not finished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening %1…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drafts are written by %1 now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Removing %1…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Removed %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Adding %1…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Added %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exporting %1…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wrote %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Making %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove %1?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its file is deleted from this computer. Personal models made from it cannot be used without it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel the compression?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What has been done so far will be lost. Pause keeps it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A Hugging Face folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A model file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models (*.gguf *.safetensors)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder to write %1 into</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Co&amp;mpress…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>E&amp;xport</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::ProgressPage</name>
    <message>
        <source>Reading your mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You can stop at any time: what has been read is kept, and the next import goes on from there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Stop reading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for mail…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 · %2 of %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 read, %2 new</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::ReplyPicker</name>
    <message>
        <source>Which mail do you answer?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Answer this mail</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;You</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Window and computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Health</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who you are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name, role, company, telephone: facts a mail of yours may need.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n mail(s)</source>
        <translation>
            <numerusform>%n mail</numerusform>
            <numerusform>%n mails</numerusform>
        </translation>
    </message>
    <message>
        <source>Sancho reads this before every draft.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Appearance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything is kept in</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your name as you sign; empty: as in your mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Processor cores for training</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::SummaryPage</name>
    <message>
        <source>Your mail is in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write a first draft now. For drafts in your own voice, open Train and press Fine-tune on my mail: a few minutes are enough.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;What and why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mails read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>new</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>written by you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Damaged mail and files passed over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 at byte %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passed over</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n mail(s) had been imported before.</source>
        <translation>
            <numerusform>%n mail had been imported before.</numerusform>
            <numerusform>%n mails had been imported before.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n damaged mail(s) were kept as far as they could be read.</source>
        <translation>
            <numerusform>%n damaged mail was kept as far as it could be read.</numerusform>
            <numerusform>%n damaged mails were kept as far as they could be read.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) held no mail.</source>
        <translation>
            <numerusform>%n file held no mail.</numerusform>
            <numerusform>%n files held no mail.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>sancho::desktop::TrainPage</name>
    <message>
        <source>Reading your mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finding related mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saving</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled. The model in use has not changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sancho reads the mail you wrote and learns your way of writing. It happens on this computer only, takes a few minutes, and you can go on working meanwhile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mails written by you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>usable for training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kept aside to measure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each training run makes a version. Any of them can write for you.</source>
        <translation type="unfinished"></translation>
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
        <source>Cancel training?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What has been learnt since the last pause will be lost. Pause keeps it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · step %1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · %1 left</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The learning curve appears here: it falls while Sancho gets used to your words.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 mails, %2 steps in %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 tokens/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>at most %1 of memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Versions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Use this version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused: the computer runs on its battery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train on battery an&amp;yway</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::VersionListModel</name>
    <message>
        <source> (in use)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2
perplexity %3 → %4</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without training</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::WelcomePage</name>
    <message>
        <source>Welcome to Sancho</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say in a few words what you want to tell someone; Sancho drafts the mail the way you would have written it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It learns from mail you have already sent. Next, choose where that mail lies.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything stays on this computer. Sancho never goes online, and your mailbox files are only read, never changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You have the last word: a draft is yours to edit, copy or throw away. Sancho sends nothing.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sancho::desktop::WritePage</name>
    <message>
        <source>Write</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Instruction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What should the mail say? For example: thank Maria for the figures, ask for the missing March numbers by Friday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To: a name or an address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipient</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Answer a mail…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write a new mail instead of an answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>O&amp;ptions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With &amp;my personal model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write it twice, side by side: with and without your personal model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Draft</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Related mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drafts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mail of yours that a draft draws on is shown here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fine-tune on your mail first: it takes a few minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>(no subject)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers “%1”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say in a few words what the mail should say, then press Draft.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading what belongs to it…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing in your mail was close to this one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>built-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped · </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First words after %1 ms · %2 tokens/s · %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the draft</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draft</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
