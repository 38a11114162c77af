# fish completion of goaktctl: it asks the tool itself, so it knows names of actors, nodes and kinds.
function __goaktctl_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] __complete -- $words[2..-1] 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path (commandline -ct)
            case ':nospace' ':none'
            case '*'
                echo $line
        end
    end
end
complete -c goaktctl -f -a '(__goaktctl_complete)'
